SELECT `p`.`customer_id` AS `customer_id`,
  `p`.`as_of` AS `as_of`,
  CAST(count(*) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 7)) AS DOUBLE) AS `orders7d`,
  CAST(sum(`o`.`value_minor`) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 7)) AS DOUBLE) AS `ordersValue7d`,
  CAST(count(*) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 30)) AS DOUBLE) AS `orders30d`,
  CAST(sum(`o`.`value_minor`) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 30)) AS DOUBLE) AS `ordersValue30d`,
  CAST(count(*) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 90)) AS DOUBLE) AS `orders90d`,
  CAST(sum(`o`.`value_minor`) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 90)) AS DOUBLE) AS `ordersValue90d`,
  CAST(count(*) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 180)) AS DOUBLE) AS `orders180d`,
  CAST(sum(`o`.`value_minor`) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 180)) AS DOUBLE) AS `ordersValue180d`,
  CAST(count(*) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 365)) AS DOUBLE) AS `orders365d`,
  CAST(sum(`o`.`value_minor`) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 365)) AS DOUBLE) AS `ordersValue365d`,
  CAST(count(*) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`o`.`known_at` AS TIMESTAMP))) / 8.64e10D) > 275)) AS DOUBLE) AS `ordersSameSeason`
FROM `points` AS `p`
JOIN `clean_orders` AS `o` ON (((`o`.`customer_id` = `p`.`customer_id`) AND (`o`.`known_at` < `p`.`as_of`)) AND (`o`.`known_at` >= (`p`.`as_of` + make_dt_interval(CAST(-365 AS INT)))))
GROUP BY `p`.`customer_id`, `p`.`as_of`
