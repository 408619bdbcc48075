SELECT "e"."category" AS "word",
  count(*) AS "n"
FROM "clean_events" AS "e"
WHERE ("e"."name" = 'product_view') AND ("e"."known_at" < make_timestamp(1648684800000000::BIGINT)) AND ("e"."category" IS NOT NULL)
GROUP BY "e"."category"
ORDER BY count(*) DESC NULLS LAST, "e"."category" ASC NULLS LAST LIMIT 50
