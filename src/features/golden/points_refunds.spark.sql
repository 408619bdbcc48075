SELECT `p`.`customer_id` AS `customer_id`,
  `p`.`as_of` AS `as_of`,
  CAST(sum(`r`.`value_minor`) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`r`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 7)) AS DOUBLE) AS `refundsValue7d`,
  CAST(sum(`r`.`value_minor`) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`r`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 30)) AS DOUBLE) AS `refundsValue30d`,
  CAST(sum(`r`.`value_minor`) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`r`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 90)) AS DOUBLE) AS `refundsValue90d`,
  CAST(sum(`r`.`value_minor`) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`r`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 180)) AS DOUBLE) AS `refundsValue180d`,
  CAST(sum(`r`.`value_minor`) FILTER (WHERE (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`r`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 365)) AS DOUBLE) AS `refundsValue365d`,
  CAST(count(*) AS DOUBLE) AS `refunds`,
  CAST(sum(`r`.`value_minor`) AS DOUBLE) AS `refundsValueTotal`,
  CAST(((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(max(`r`.`known_at`) AS TIMESTAMP))) / 8.64e10D) AS DOUBLE) AS `daysSinceLastRefund`
FROM `points` AS `p`
JOIN `clean_refunds` AS `r` ON ((`r`.`customer_id` = `p`.`customer_id`) AND (`r`.`known_at` < `p`.`as_of`))
GROUP BY `p`.`customer_id`, `p`.`as_of`
