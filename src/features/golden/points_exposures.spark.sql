SELECT `p`.`customer_id` AS `customer_id`,
  `p`.`as_of` AS `as_of`,
  CAST(count(*) FILTER (WHERE ((`x`.`kind` = 'sent') AND (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`x`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 90))) AS DOUBLE) AS `offers90d`,
  CAST(count(*) FILTER (WHERE (`x`.`kind` = 'sent')) AS DOUBLE) AS `offers365d`,
  CAST(count(*) FILTER (WHERE (`x`.`kind` = 'redeemed')) AS DOUBLE) AS `redeemed365d`,
  CAST(((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(max(`x`.`known_at`) AS TIMESTAMP))) / 8.64e10D) AS DOUBLE) AS `daysSinceLastOffer`,
  CAST(count(*) FILTER (WHERE (((`x`.`channel` = 'ads') AND (`x`.`kind` IN ('sent', 'impression', 'click'))) AND (((unix_micros(CAST(`p`.`as_of` AS TIMESTAMP)) - unix_micros(CAST(`x`.`known_at` AS TIMESTAMP))) / 8.64e10D) <= 90))) AS DOUBLE) AS `adTouches90d`
FROM `points` AS `p`
JOIN (SELECT `exposed`.`customer_id` AS `customer_id`,
  `exposed`.`kind` AS `kind`,
  `exposed`.`known_at` AS `known_at`,
  `t`.`channel` AS `channel`
FROM `clean_exposures` AS `exposed`
LEFT JOIN `clean_treatments` AS `t` ON (`t`.`treatment_id` = `exposed`.`treatment_id`)) AS `x` ON (((`x`.`customer_id` = `p`.`customer_id`) AND (`x`.`known_at` < `p`.`as_of`)) AND (`x`.`known_at` >= (`p`.`as_of` + make_dt_interval(CAST(-365 AS INT)))))
GROUP BY `p`.`customer_id`, `p`.`as_of`
