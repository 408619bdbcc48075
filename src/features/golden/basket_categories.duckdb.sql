SELECT "l"."category" AS "word",
  count(*) AS "n"
FROM "clean_order_lines" AS "l"
WHERE ("l"."category" IS NOT NULL) AND ("l"."known_at" < make_timestamp(1648684800000000::BIGINT))
GROUP BY "l"."category"
ORDER BY count(*) DESC NULLS LAST, "l"."category" ASC NULLS LAST LIMIT 31
