SELECT `c`.`acquisition_channel` AS `word`,
  count(*) AS `n`
FROM `clean_customers` AS `c`
JOIN (SELECT DISTINCT `o`.`customer_id` AS `customer_id`
FROM `clean_orders` AS `o`
WHERE (`o`.`known_at` < TIMESTAMP_NTZ '2022-03-31 00:00:00.000')) AS `b` ON (`b`.`customer_id` = `c`.`customer_id`)
WHERE (`c`.`acquisition_channel` IS NOT NULL)
GROUP BY `c`.`acquisition_channel`
ORDER BY count(*) DESC NULLS LAST, `c`.`acquisition_channel` ASC NULLS LAST LIMIT 50
