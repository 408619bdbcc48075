SELECT `c`.`country` AS `word`,
  count(DISTINCT `c`.`customer_id`) AS `n`
FROM `clean_customers` AS `c`
JOIN `clean_orders` AS `o` ON (`o`.`customer_id` = `c`.`customer_id`)
WHERE (`o`.`known_at` < TIMESTAMP_NTZ '2022-03-31 00:00:00.000') AND (`c`.`country` IS NOT NULL)
GROUP BY `c`.`country`
ORDER BY count(DISTINCT `c`.`customer_id`) DESC NULLS LAST, `c`.`country` ASC NULLS LAST LIMIT 50
