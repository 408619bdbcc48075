SELECT "bought"."customer_id" AS "customer_id",
  "bought"."as_of" AS "as_of",
  CAST(sum("bought"."lines") AS DOUBLE) AS "lines",
  CAST(count("bought"."category") AS DOUBLE) AS "categoryBreadth",
  CAST(sum("bought"."lines") FILTER (WHERE ("bought"."category" IS NOT NULL)) AS DOUBLE) AS "categoryLines",
  CAST(sum(CAST(round(((CAST("bought"."lines" AS DOUBLE) * log2(CAST("bought"."lines" AS DOUBLE))) * 1000000000)) AS BIGINT)) FILTER (WHERE ("bought"."category" IS NOT NULL)) AS DOUBLE) AS "categoryLineLogs"
FROM (SELECT "p"."customer_id" AS "customer_id",
  "p"."as_of" AS "as_of",
  "l"."category" AS "category",
  count(*) AS "lines"
FROM "points" AS "p"
JOIN "clean_order_lines" AS "l" ON (("l"."customer_id" = "p"."customer_id") AND ("l"."known_at" < "p"."as_of"))
GROUP BY "p"."customer_id", "p"."as_of", "l"."category") AS "bought"
GROUP BY "bought"."customer_id", "bought"."as_of"
