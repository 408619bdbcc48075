SELECT "p"."customer_id" AS "customer_id",
  "p"."as_of" AS "as_of",
  CAST(((epoch_us("p"."as_of") - epoch_us(max("e"."known_at"))) / 8.64e10) AS DOUBLE) AS "daysSinceLastEvent",
  CAST(((epoch_us("p"."as_of") - epoch_us(max(CASE WHEN ("e"."name" = 'product_view') THEN "e"."known_at" ELSE CAST(NULL AS TIMESTAMP) END))) / 8.64e10) AS DOUBLE) AS "daysSinceLastView"
FROM "points" AS "p"
JOIN "clean_events" AS "e" ON ((("e"."customer_id" = "p"."customer_id") AND ("e"."known_at" < "p"."as_of")) AND ("e"."known_at" >= ("p"."as_of" + to_days(CAST(-365 AS INTEGER)))))
GROUP BY "p"."customer_id", "p"."as_of"
