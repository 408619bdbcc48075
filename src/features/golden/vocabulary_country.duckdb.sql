SELECT "c"."country" AS "word",
  count(DISTINCT "c"."customer_id") AS "n"
FROM "clean_customers" AS "c"
JOIN "clean_orders" AS "o" ON ("o"."customer_id" = "c"."customer_id")
WHERE ("o"."known_at" < make_timestamp(1648684800000000::BIGINT)) AND ("c"."country" IS NOT NULL)
GROUP BY "c"."country"
ORDER BY count(DISTINCT "c"."customer_id") DESC NULLS LAST, "c"."country" ASC NULLS LAST LIMIT 50
