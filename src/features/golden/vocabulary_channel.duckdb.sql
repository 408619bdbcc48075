SELECT "c"."acquisition_channel" AS "word",
  count(DISTINCT "c"."customer_id") AS "n"
FROM "clean_customers" AS "c"
JOIN "clean_orders" AS "o" ON ("o"."customer_id" = "c"."customer_id")
WHERE ("o"."known_at" < make_timestamp(1648684800000000::BIGINT)) AND ("c"."acquisition_channel" IS NOT NULL)
GROUP BY "c"."acquisition_channel"
ORDER BY count(DISTINCT "c"."customer_id") DESC NULLS LAST, "c"."acquisition_channel" ASC NULLS LAST LIMIT 50
