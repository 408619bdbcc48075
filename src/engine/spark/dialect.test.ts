import { describe, expect, it } from "vitest";
import { defineTable, optional, required } from "../../schema/columns.ts";
import { duckdbDialect } from "../duckdb/dialect.ts";
import { type Expression, instant, literal, missing } from "../sql/expression.ts";
import {
  concatenate,
  countDistinct,
  dateInZone,
  daysBetween,
  larger,
  plusDays,
  previous,
  quantile,
  startsWith,
  sum,
} from "../sql/functions.ts";
import { from, type Query, table } from "../sql/query.ts";
import { sparkDialect } from "./dialect.ts";

const purchases = defineTable("purchases", ["id"], {
  id: required("text"),
  amount: optional("integer"),
  share: optional("double"),
  at: required("timestamp"),
});
const p = table(purchases, "p");
const c = p.columns;
const sparkOf = (value: Expression) => sparkDialect.emitQuery(from().select({ x: value }) as unknown as Query);

describe("Spark's SQL", () => {
  it.each([
    [
      "text with a quote, a backslash and a setting",
      literal(`it's \\ ${"$"}{x}`),
      "SELECT 'it\\'s \\\\ \\u0024{x}' AS `x`",
    ],
    ["a double that looks whole", literal(5).to("double"), "SELECT CAST(5 AS DOUBLE) AS `x`"],
    ["a double", literal(0.123), "SELECT 1.23e-1D AS `x`"],
    [
      "an instant",
      instant(Date.UTC(2024, 1, 29, 13, 5, 6, 7)),
      "SELECT TIMESTAMP_NTZ '2024-02-29 13:05:06.007' AS `x`",
    ],
    ["a missing text", missing("text"), "SELECT CAST(NULL AS STRING) AS `x`"],
    ["division", c.amount.over(0), "SELECT (CAST(`p`.`amount` AS DOUBLE) / nullif(CAST(0 AS DOUBLE), 0D)) AS `x`"],
    ["rounding casts", c.share.to("integer"), "SELECT CAST(bround(`p`.`share`) AS BIGINT) AS `x`"],
    ["tolerant casts", c.id.tryTo("integer"), "SELECT try_cast(`p`.`id` AS BIGINT) AS `x`"],
    ["exact quantiles", quantile(c.amount, 0.5), "SELECT percentile(`p`.`amount`, 5e-1D) AS `x`"],
    ["prefixes", startsWith(c.id, "a"), "SELECT startswith(`p`.`id`, 'a') AS `x`"],
    ["texts joined without NULLs", concatenate(c.id, "-"), "SELECT concat_ws('', `p`.`id`, '-') AS `x`"],
    [
      "days between",
      daysBetween(c.at, c.at),
      "SELECT ((unix_micros(CAST(`p`.`at` AS TIMESTAMP)) - unix_micros(CAST(`p`.`at` AS TIMESTAMP))) / 8.64e10D) AS `x`",
    ],
    [
      "the date in a zone",
      dateInZone(c.at, "Europe/Berlin"),
      "SELECT CAST(convert_timezone('UTC', 'Europe/Berlin', `p`.`at`) AS DATE) AS `x`",
    ],
    ["days later", plusDays(c.at, -3), "SELECT (`p`.`at` + make_dt_interval(CAST(-3 AS INT))) AS `x`"],
    [
      "caps that leave NULL alone",
      larger(c.amount, 1),
      "SELECT (CASE WHEN `p`.`amount` IS NULL OR 1 IS NULL THEN NULL ELSE greatest(`p`.`amount`, 1) END) AS `x`",
    ],
    [
      "filtered distinct counts",
      countDistinct(c.id).onlyWhere(c.amount.above(1)),
      "SELECT count(DISTINCT `p`.`id`) FILTER (WHERE (`p`.`amount` > 1)) AS `x`",
    ],
    [
      "windows with NULLs last",
      previous(c.at).within([c.id], [c.at.descending()]),
      "SELECT lag(`p`.`at`) OVER (PARTITION BY `p`.`id` ORDER BY `p`.`at` DESC NULLS LAST) AS `x`",
    ],
  ])("writes %s", (_, value, expected) => {
    expect(sparkOf(value as Expression)).toBe(expected);
  });

  it("keeps the clauses of a query and names its own half joins", () => {
    const other = table(purchases, "q");
    const query = from(p)
      .without(other, other.columns.id.equals(c.id))
      .where(c.id.isAmong(["a"]), c.amount.isNotNull())
      .groupBy(c.id)
      .select({ id: c.id, total: sum(c.amount) })
      .orderBy(c.id)
      .limit(3);
    expect(sparkDialect.emitQuery(query as unknown as Query)).toBe(
      "SELECT `p`.`id` AS `id`, sum(`p`.`amount`) AS `total` FROM `purchases` AS `p` " +
        "LEFT ANTI JOIN `purchases` AS `q` ON (`q`.`id` = `p`.`id`) WHERE (`p`.`id` IN ('a')) AND (`p`.`amount` IS NOT NULL) " +
        "GROUP BY `p`.`id` ORDER BY `p`.`id` ASC NULLS LAST LIMIT 3",
    );
  });

  it("has a word for every type and rewrites what DuckDB rewrites", () => {
    expect(Object.keys(sparkDialect.sqlType)).toEqual(Object.keys(duckdbDialect.sqlType));
    const missingWords = Object.keys(duckdbDialect.calls).filter((name) => !(name in sparkDialect.calls));
    expect(missingWords).toEqual(["sum"]); // the same in both
  });
});
