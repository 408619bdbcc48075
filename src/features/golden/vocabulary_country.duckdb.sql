SELECT "c"."country" AS "word",
  count(*) AS "n"
FROM "clean_customers" AS "c"
JOIN (SELECT DISTINCT "o"."customer_id" AS "customer_id"
FROM "clean_orders" AS "o"
WHERE ("o"."known_at" < make_timestamp(1648684800000000::BIGINT))) AS "b" ON ("b"."customer_id" = "c"."customer_id")
WHERE ("c"."country" IS NOT NULL)
GROUP BY "c"."country"
ORDER BY count(*) DESC NULLS LAST, "c"."country" ASC NULLS LAST LIMIT 50
