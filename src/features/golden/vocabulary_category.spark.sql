SELECT `e`.`category` AS `word`,
  count(*) AS `n`
FROM `clean_events` AS `e`
WHERE (`e`.`name` = 'product_view') AND (`e`.`known_at` < TIMESTAMP_NTZ '2022-03-31 00:00:00.000') AND (`e`.`category` IS NOT NULL)
GROUP BY `e`.`category`
ORDER BY count(*) DESC NULLS LAST, `e`.`category` ASC NULLS LAST LIMIT 50
