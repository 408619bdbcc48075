SELECT "p"."customer_id" AS "customer_id",
  "p"."as_of" AS "as_of",
  CAST(count(DISTINCT "e"."session_id") FILTER (WHERE (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 30)) AS DOUBLE) AS "sessions30d",
  CAST(count(DISTINCT "e"."session_id") FILTER (WHERE (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90)) AS DOUBLE) AS "sessions90d",
  CAST(count(*) FILTER (WHERE (("e"."name" = 'product_view') AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90))) AS DOUBLE) AS "productViews90d",
  CAST(count(*) FILTER (WHERE (("e"."name" IN ('add_to_cart')) AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90))) AS DOUBLE) AS "carts90d",
  CAST(count(*) FILTER (WHERE (("e"."name" IN ('remove_from_cart')) AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90))) AS DOUBLE) AS "cartsRemoved90d",
  CAST(count(*) FILTER (WHERE (("e"."name" IN ('begin_checkout')) AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90))) AS DOUBLE) AS "checkouts90d",
  CAST(count(*) FILTER (WHERE (("e"."name" IN ('search')) AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90))) AS DOUBLE) AS "searches90d",
  CAST(count(*) FILTER (WHERE (("e"."name" IN ('email_open')) AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90))) AS DOUBLE) AS "emailOpens90d",
  CAST(count(*) FILTER (WHERE (("e"."name" IN ('email_click')) AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90))) AS DOUBLE) AS "emailClicks90d",
  CAST(count(*) FILTER (WHERE (("e"."name" IN ('promo_view', 'promo_click')) AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90))) AS DOUBLE) AS "promotionViews90d",
  CAST(count(*) FILTER (WHERE ((("e"."name" = 'product_view') AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90)) AND ("e"."category" = 'tea'))) AS DOUBLE) AS "viewsCategory1",
  CAST(count(*) FILTER (WHERE ((("e"."name" = 'product_view') AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90)) AND ("e"."category" = 'it''s'))) AS DOUBLE) AS "viewsCategory2",
  CAST(count(*) FILTER (WHERE ((("e"."name" = 'product_view') AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90)) AND false)) AS DOUBLE) AS "viewsCategory3",
  CAST(count(*) FILTER (WHERE ((("e"."name" = 'product_view') AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90)) AND false)) AS DOUBLE) AS "viewsCategory4",
  CAST(count(*) FILTER (WHERE ((("e"."name" = 'product_view') AND (((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) <= 90)) AND false)) AS DOUBLE) AS "viewsCategory5",
  CAST(min(((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10)) AS DOUBLE) AS "daysSinceLastEvent",
  CAST(min(CASE WHEN ("e"."name" = 'product_view') THEN ((epoch_us("p"."as_of") - epoch_us("e"."known_at")) / 8.64e10) ELSE CAST(NULL AS DOUBLE) END) AS DOUBLE) AS "daysSinceLastView"
FROM "points" AS "p"
JOIN "clean_events" AS "e" ON ((("e"."customer_id" = "p"."customer_id") AND ("e"."known_at" < "p"."as_of")) AND ("e"."known_at" >= ("p"."as_of" + to_days(CAST(-365 AS INTEGER)))))
GROUP BY "p"."customer_id", "p"."as_of"
