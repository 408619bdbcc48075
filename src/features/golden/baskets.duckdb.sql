SELECT "told"."customer_id" AS "customer_id",
  "told"."order_id" AS "order_id",
  "told"."known_at" AS "known_at",
  ((epoch_us("told"."known_at") - epoch_us("told"."previous_at")) / 8.64e10) AS "gapDays",
  (CAST(CAST("told"."value_minor" AS DOUBLE) AS DOUBLE) / nullif(CAST(100 AS DOUBLE), 0)) AS "value",
  (CAST(CAST("told"."discount_minor" AS DOUBLE) AS DOUBLE) / nullif(CAST(CAST("told"."gross_minor" AS DOUBLE) AS DOUBLE), 0)) AS "discountShare",
  CAST("told"."units" AS DOUBLE) AS "units",
  CASE WHEN "told"."has_coupon" THEN 1 ELSE 0 END AS "coupon",
  coalesce("lines"."category", 0) AS "category"
FROM (SELECT "o"."order_id" AS "order_id",
  "o"."customer_id" AS "customer_id",
  "o"."known_at" AS "known_at",
  "o"."value_minor" AS "value_minor",
  "o"."gross_minor" AS "gross_minor",
  "o"."discount_minor" AS "discount_minor",
  "o"."units" AS "units",
  "o"."has_coupon" AS "has_coupon",
  lag("o"."known_at") OVER (PARTITION BY "o"."customer_id"
ORDER BY "o"."known_at" ASC NULLS LAST, "o"."order_id" ASC NULLS LAST) AS "previous_at"
FROM "clean_orders" AS "o") AS "told"
LEFT JOIN (SELECT "l"."order_id" AS "order_id",
  max_by(CASE WHEN ("l"."category" = 'tea') THEN 1 WHEN ("l"."category" = 'it''s') THEN 2 ELSE 0 END, (CAST("l"."net_minor" AS DOUBLE) + (CAST(CASE WHEN ("l"."category" = 'tea') THEN 1 WHEN ("l"."category" = 'it''s') THEN 2 ELSE 0 END AS DOUBLE) / nullif(CAST(62 AS DOUBLE), 0)))) AS "category"
FROM "clean_order_lines" AS "l"
GROUP BY "l"."order_id") AS "lines" ON ("lines"."order_id" = "told"."order_id")
ORDER BY "told"."customer_id" ASC NULLS LAST, "told"."known_at" ASC NULLS LAST, "told"."order_id" ASC NULLS LAST
