SELECT "p"."customer_id" AS "customer_id",
  "p"."as_of" AS "as_of",
  CAST(count(*) AS DOUBLE) AS "ordersTotal",
  CAST(sum("o"."value_minor") AS DOUBLE) AS "ordersValueTotal",
  CAST(sum("o"."net_minor") AS DOUBLE) AS "net",
  CAST(stddev_samp("o"."value_minor") AS DOUBLE) AS "valueDeviation",
  CAST(max("o"."value_minor") AS DOUBLE) AS "largestOrder",
  CAST(((epoch_us("p"."as_of") - epoch_us(max("o"."known_at"))) / 8.64e10) AS DOUBLE) AS "daysSinceLastOrder",
  CAST(((epoch_us("p"."as_of") - epoch_us(min("o"."known_at"))) / 8.64e10) AS DOUBLE) AS "tenureDays",
  CAST(avg("o"."gap_days") AS DOUBLE) AS "meanGapDays",
  CAST(stddev_samp("o"."gap_days") AS DOUBLE) AS "gapDeviationDays",
  CAST(max("o"."gap_days") AS DOUBLE) AS "longestGapDays",
  CAST(count(*) FILTER (WHERE ((abs((dayofyear("o"."known_at") - dayofyear("p"."as_of"))) <= 45) OR (abs((dayofyear("o"."known_at") - dayofyear("p"."as_of"))) >= 320))) AS DOUBLE) AS "ordersThisSeason",
  CAST(sum("o"."units") AS DOUBLE) AS "units",
  CAST(sum("o"."gross_minor") AS DOUBLE) AS "gross",
  CAST(sum("o"."discount_minor") AS DOUBLE) AS "discount",
  CAST(count(*) FILTER (WHERE "o"."has_coupon") AS DOUBLE) AS "couponOrders"
FROM "points" AS "p"
JOIN (SELECT "gapped"."customer_id" AS "customer_id",
  "gapped"."known_at" AS "known_at",
  "gapped"."gross_minor" AS "gross_minor",
  "gapped"."discount_minor" AS "discount_minor",
  "gapped"."net_minor" AS "net_minor",
  "gapped"."value_minor" AS "value_minor",
  "gapped"."units" AS "units",
  "gapped"."has_coupon" AS "has_coupon",
  ((epoch_us("gapped"."known_at") - epoch_us("gapped"."previous_at")) / 8.64e10) AS "gap_days"
FROM (SELECT "bought"."customer_id" AS "customer_id",
  "bought"."known_at" AS "known_at",
  "bought"."gross_minor" AS "gross_minor",
  "bought"."discount_minor" AS "discount_minor",
  "bought"."net_minor" AS "net_minor",
  "bought"."value_minor" AS "value_minor",
  "bought"."units" AS "units",
  "bought"."has_coupon" AS "has_coupon",
  lag("bought"."known_at") OVER (PARTITION BY "bought"."customer_id"
ORDER BY "bought"."known_at" ASC NULLS LAST) AS "previous_at"
FROM "clean_orders" AS "bought") AS "gapped") AS "o" ON (("o"."customer_id" = "p"."customer_id") AND ("o"."known_at" < "p"."as_of"))
GROUP BY "p"."customer_id", "p"."as_of"
