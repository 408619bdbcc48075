import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { duckdbDialect } from "../engine/duckdb/dialect.ts";
import { sparkDialect } from "../engine/spark/dialect.ts";
import type { Query } from "../engine/sql/query.ts";
import { basketCategoryQuery, basketsQuery } from "./baskets.ts";
import { type DescribeOptions, plan } from "./describe.ts";
import { everybodyAt } from "./index.ts";
import { vocabularyQueries } from "./vocabulary.ts";

/** UPDATE_GOLDEN=1 writes the files anew; read the difference before committing it. */
const folder = join(import.meta.dirname, "golden");

const [first, end] = [Date.UTC(2022, 2, 31), Date.UTC(2023, 0, 1)];
const options: DescribeOptions = {
  vocabulary: {
    category: ["tea", "it's"],
    channel: [{ word: "search", share: 0.75 }],
    country: [{ word: "DE", share: 0.5 }],
  },
  boundaries: [0, 30, 90],
  annualDiscountRate: 0.1,
  end,
  minorPerMajor: 100,
};

function queries(): Record<string, Query> {
  const { tables, described } = plan("points", options);
  const { query, features, point, value } = described;
  const panel = query
    .select({ ...features, value_30d: value(0, 30), value_90d: value(0, 90) })
    .orderBy(point.as_of, point.customer_id);
  const words = Object.entries(vocabularyQueries(first)).map(([name, of]) => [`vocabulary_${name}`, of]);
  return Object.fromEntries([
    ...words,
    ["points", everybodyAt([first, end])],
    ...tables,
    ["panel", panel],
    ["basket_categories", basketCategoryQuery(first)],
    ["baskets", basketsQuery(["tea", "it's"], options.minorPerMajor)],
  ]);
}

/** One clause or column a line, so that a difference can be read. */
function laidOut(sql: string): string {
  return `${sql.replaceAll(/( AS (?:"[^"]+"|`[^`]+`),) | (FROM|(?:LEFT )?JOIN|WHERE|GROUP BY|ORDER BY|UNION ALL) /g, (_, column, clause) => (column ? `${column}\n  ` : `\n${clause} `))}\n`;
}

describe("the SQL of the catalogue", () => {
  const texts = Object.entries(queries()).flatMap(([name, query]) =>
    [duckdbDialect, sparkDialect].map((dialect) => [`${name}.${dialect.name}.sql`, dialect.emitQuery(query)] as const),
  );
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(folder, { recursive: true });
    for (const [file, sql] of texts) writeFileSync(join(folder, file), laidOut(sql));
  }

  it.each(texts)("%s is the golden one", (file, sql) => {
    expect(laidOut(sql)).toBe(readFileSync(join(folder, file), "utf8"));
  });

  it("has no golden file too many", () => {
    expect(readdirSync(folder).sort()).toEqual(texts.map(([file]) => file).sort());
  });
});
