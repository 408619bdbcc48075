import { DataError } from "../base/errors.ts";
import { quote } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import type { Table } from "../schema/columns.ts";
import type { PresetReading } from "./preset.ts";

export interface MoneyAccount {
  readonly currency: string;
  readonly sourceMinor: number;
  readonly keptMinor: number;
  readonly setAsideMinor: number;
}

/** What became of a source's rows. rows = kept + setAside; sourceMinor = keptMinor + setAsideMinor, to the cent. */
export interface Account {
  readonly rows: number;
  readonly kept: number;
  readonly setAside: number;
  /** Rows set aside, by reason, in order of the reasons' names. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly money: readonly MoneyAccount[];
}

/** Accounts for every record of the table in `raw` and `malformed`; `records` were counted independently of the parser. */
export async function account(
  engine: DuckdbEngine,
  { money }: Pick<PresetReading, "money">,
  records: number,
): Promise<Account> {
  const counted = await engine.rows(
    `SELECT reason, count(*) AS rows FROM (SELECT problem.reason AS reason FROM raw WHERE problem IS NOT NULL
       UNION ALL SELECT 'malformed_line' FROM malformed) GROUP BY 1 ORDER BY 1`,
  );
  const reasons = Object.fromEntries(counted.map(({ reason, rows }) => [String(reason), Number(rows)]));
  const setAside = Object.values(reasons).reduce((sum, rows) => sum + rows, 0);
  const sums = money
    ? await engine.rows(
        `SELECT ${money.currency} AS currency, sum(${money.minor})::BIGINT AS source, coalesce(sum(${money.minor}) FILTER (WHERE problem IS NULL), 0)::BIGINT AS kept,
           coalesce(sum(${money.minor}) FILTER (WHERE problem IS NOT NULL), 0)::BIGINT AS aside FROM raw WHERE ${money.minor} IS NOT NULL AND ${money.currency} IS NOT NULL GROUP BY 1 ORDER BY 1`,
      )
    : [];
  return {
    rows: records,
    kept: records - setAside,
    setAside,
    reasons,
    money: sums.map(({ currency, source, kept, aside }) => ({
      currency: String(currency),
      sourceMinor: Number(source),
      keptMinor: Number(kept),
      setAsideMinor: Number(aside),
    })),
  };
}

/** An account after `rows` rows turned out to lack a required value that no other source had. */
export function withMoreSetAside<Report extends Account>(report: Report, rows: number): Report {
  if (rows === 0) return report;
  const { kept, setAside, reasons } = report;
  const counted = { ...reasons, missing_required: (reasons["missing_required"] ?? 0) + rows };
  const sorted = Object.fromEntries(Object.entries(counted).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...report, kept: kept - rows, setAside: setAside + rows, reasons: sorted };
}

/** Throws DataError "too_many_set_aside", naming the commonest fault, if more rows than `maxSetAsideShare` have one. */
export async function refuseIfTooMany(
  engine: DuckdbEngine,
  { expectedReasons }: Pick<PresetReading, "expectedReasons">,
  { rows, path, maxSetAsideShare }: { rows: number; path: string; maxSetAsideShare: number },
): Promise<void> {
  const expected = expectedReasons.map(textLiteral).join(", ") || "''";
  const worst = await engine.rows(
    `SELECT reason, column_name, any_value(value) AS value, min(line) AS line, count(*) AS rows, sum(count(*)) OVER () AS total FROM (
       SELECT problem.reason AS reason, problem.column_name AS column_name, problem.value AS value, line FROM raw WHERE problem IS NOT NULL
       UNION ALL SELECT 'malformed_line', NULL, NULL, line FROM malformed) WHERE reason NOT IN (${expected}) GROUP BY 1, 2 ORDER BY rows DESC, reason LIMIT 1`,
  );
  if (worst.length === 0) return;
  const [{ reason, column_name, value, line, total }] = worst;
  const share = Number(total) / rows;
  if (share <= maxSetAsideShare) return;
  throw new DataError("too_many_set_aside", {
    path,
    share: Math.round(1000 * share) / 10,
    limit: 100 * maxSetAsideShare,
    reason: String(reason),
    column: String(column_name ?? ""),
    value: String(value ?? ""),
    line: Number(line),
  });
}

/** Rows of one source whose key a later source carries with other content: the later ones stay. */
export interface Replacement {
  readonly table: string;
  readonly sourceId: string;
  readonly by: string;
  readonly rows: number;
}

/** Counts, of a table read from several sources, the rows that a later source contradicts; equal rows are no contradiction. */
export async function countReplaced(
  engine: DuckdbEngine,
  definition: Table,
  sourceIds: readonly string[],
): Promise<Replacement[]> {
  const name = quote(definition.name);
  const keys = definition.key.map(quote);
  const content = Object.keys(definition.columns).map(quote);
  const same = (columns: readonly string[]) => columns.map((column) => `w.${column} IS NOT DISTINCT FROM o.${column}`);
  const found = await engine.rows(
    `WITH o AS (SELECT *, max(source_order) OVER (PARTITION BY ${keys.join(", ")}) AS winner FROM ${name} WHERE source_order >= 0)
     SELECT source_order, winner, count(*) AS rows FROM o WHERE source_order < winner
       AND NOT EXISTS (SELECT 1 FROM ${name} w WHERE w.source_order = o.winner AND ${same(content).join(" AND ")})
     GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  return found.map(({ source_order, winner, rows }) => ({
    table: definition.name,
    sourceId: sourceIds[Number(source_order)],
    by: sourceIds[Number(winner)],
    rows: Number(rows),
  }));
}
