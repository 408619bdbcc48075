SELECT `l`.`category` AS `word`,
  count(*) AS `n`
FROM `clean_order_lines` AS `l`
WHERE (`l`.`category` IS NOT NULL) AND (`l`.`known_at` < TIMESTAMP_NTZ '2022-03-31 00:00:00.000')
GROUP BY `l`.`category`
ORDER BY count(*) DESC NULLS LAST, `l`.`category` ASC NULLS LAST LIMIT 31
