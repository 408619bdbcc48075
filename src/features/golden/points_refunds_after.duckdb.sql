SELECT "p"."customer_id" AS "customer_id",
  "p"."as_of" AS "as_of",
  CAST(sum(CAST(round(((CAST("fact"."value_minor" AS DOUBLE) * power(1.1e+0::DOUBLE, (CAST(((epoch_us("fact"."known_at") - epoch_us("p"."as_of")) / 8.64e10) AS DOUBLE) / nullif(CAST(-365 AS DOUBLE), 0)))) * 10000)) AS BIGINT)) FILTER (WHERE ((((epoch_us("fact"."known_at") - epoch_us("p"."as_of")) / 8.64e10) >= 0) AND (((epoch_us("fact"."known_at") - epoch_us("p"."as_of")) / 8.64e10) < 30))) AS DOUBLE) AS "from0",
  CAST(count(*) FILTER (WHERE ((((epoch_us("fact"."known_at") - epoch_us("p"."as_of")) / 8.64e10) >= 0) AND (((epoch_us("fact"."known_at") - epoch_us("p"."as_of")) / 8.64e10) < 30))) AS DOUBLE) AS "countFrom0",
  CAST(sum(CAST(round(((CAST("fact"."value_minor" AS DOUBLE) * power(1.1e+0::DOUBLE, (CAST(((epoch_us("fact"."known_at") - epoch_us("p"."as_of")) / 8.64e10) AS DOUBLE) / nullif(CAST(-365 AS DOUBLE), 0)))) * 10000)) AS BIGINT)) FILTER (WHERE ((((epoch_us("fact"."known_at") - epoch_us("p"."as_of")) / 8.64e10) >= 30) AND (((epoch_us("fact"."known_at") - epoch_us("p"."as_of")) / 8.64e10) < 90))) AS DOUBLE) AS "from30",
  CAST(count(*) FILTER (WHERE ((((epoch_us("fact"."known_at") - epoch_us("p"."as_of")) / 8.64e10) >= 30) AND (((epoch_us("fact"."known_at") - epoch_us("p"."as_of")) / 8.64e10) < 90))) AS DOUBLE) AS "countFrom30"
FROM "points" AS "p"
JOIN "clean_refunds" AS "fact" ON ((("fact"."customer_id" = "p"."customer_id") AND ("fact"."known_at" >= "p"."as_of")) AND ("fact"."known_at" < ("p"."as_of" + to_days(CAST(90 AS INTEGER)))))
GROUP BY "p"."customer_id", "p"."as_of"
