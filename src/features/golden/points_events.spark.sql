SELECT `p`.`customer_id` AS `customer_id`,
  `p`.`as_of` AS `as_of`,
  CAST(((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(max(`e`.`known_at`) AS TIMESTAMP))) / 8.64e10D) AS DOUBLE) AS `daysSinceLastEvent`,
  CAST(((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(max(CASE WHEN (`e`.`name` = 'product_view') THEN `e`.`known_at` ELSE CAST(NULL AS TIMESTAMP_NTZ) END) AS TIMESTAMP))) / 8.64e10D) AS DOUBLE) AS `daysSinceLastView`
FROM `points` AS `p`
JOIN `clean_events` AS `e` ON (((`e`.`customer_id` = `p`.`customer_id`) AND (`e`.`known_at` < `p`.`as_of`)) AND (`e`.`known_at` >= (`p`.`as_of` + make_dt_interval(CAST(-365 AS INT)))))
GROUP BY `p`.`customer_id`, `p`.`as_of`
