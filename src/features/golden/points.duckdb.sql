SELECT *
FROM ( SELECT DISTINCT "o"."customer_id" AS "customer_id",
  make_timestamp(1648684800000000::BIGINT) AS "as_of"
FROM "clean_orders" AS "o"
WHERE ("o"."known_at" < make_timestamp(1648684800000000::BIGINT))
UNION ALL (SELECT DISTINCT "o"."customer_id" AS "customer_id",
  make_timestamp(1672531200000000::BIGINT) AS "as_of"
FROM "clean_orders" AS "o"
WHERE ("o"."known_at" < make_timestamp(1672531200000000::BIGINT))) ) AS combined
