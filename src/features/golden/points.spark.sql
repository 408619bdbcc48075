SELECT *
FROM ( SELECT DISTINCT `o`.`customer_id` AS `customer_id`,
  TIMESTAMP_NTZ '2022-03-31 00:00:00.000' AS `as_of`
FROM `clean_orders` AS `o`
WHERE (`o`.`known_at` < TIMESTAMP_NTZ '2022-03-31 00:00:00.000')
UNION ALL (SELECT DISTINCT `o`.`customer_id` AS `customer_id`,
  TIMESTAMP_NTZ '2023-01-01 00:00:00.000' AS `as_of`
FROM `clean_orders` AS `o`
WHERE (`o`.`known_at` < TIMESTAMP_NTZ '2023-01-01 00:00:00.000')) ) AS combined
