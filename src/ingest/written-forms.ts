import { quote } from "../engine/duckdb/dialect.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { commaDecimal, dayMonthYear, pointDecimal, text } from "./sql-text.ts";

export type DateOrder = "day_first" | "month_first";

/** How a raw column writes its numbers and dates, as far as its values prove it. Left out: as a computer would write them. */
export interface WrittenForm {
  /** What stands before the decimals; "mixed" where values prove both, or where the file's other columns disagree. */
  readonly decimal?: "." | "," | "mixed";
  /** Order of dates like 13/02/2024; "mixed" where values prove both, "unknown" where every day could be a month. */
  readonly dateOrder?: DateOrder | "mixed" | "unknown";
  /** The first value that proves each of two readings, or the first that proves none. */
  readonly examples?: readonly { readonly value: string; readonly line: number }[];
}

export type WrittenForms = Readonly<Record<string, WrittenForm>>;

/**
 * Reads from all values of `raw` how each column writes numbers and dates. A column that proves nothing takes what the file's
 * other columns prove, if they agree; dates that nobody proves take `dateOrder` where it is stated.
 */
export async function writtenForms(
  engine: DuckdbEngine,
  header: readonly string[],
  stated: { readonly dateOrder?: DateOrder } = {},
): Promise<WrittenForms> {
  const { withComma, withDates } = await candidates(engine, header);
  const decimals = await decimalsOf(engine, withComma);
  // Where one column has a decimal comma, 1.234 in another may be a thousand.
  if (Object.values(decimals).some(({ decimal }) => decimal === "," || decimal === "mixed"))
    Object.assign(decimals, await decimalsOf(engine, header));
  const orders = await dateOrdersOf(engine, withDates, stated);
  const names = header.filter((name) => name in decimals || name in orders);
  return Object.fromEntries(names.map((name) => [name, { ...decimals[name], ...orders[name] }]));
}

/** Columns with a value that may be a number with a comma, and with a date that begins with day or month: most files have none. */
async function candidates(engine: DuckdbEngine, header: readonly string[]) {
  // One cheap condition each, on the untrimmed value: DuckDB would trim every value before it looks for a comma.
  const counts = header.flatMap((name, at) => [
    `count(*) FILTER (WHERE regexp_matches(raw.${quote(name)}, '^[^\\pL,]*,')) AS comma${at}`,
    `count(*) FILTER (WHERE regexp_matches(raw.${quote(name)}, '^\\s*\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{4}')) AS date${at}`,
  ]);
  const [found] = await engine.rows(`SELECT ${counts.join(", ")} FROM raw`);
  const having = (kind: string) => header.filter((_, at) => Number(found[`${kind}${at}`]) > 0);
  return { withComma: having("comma"), withDates: having("date") };
}

interface Proofs {
  readonly filled: number;
  readonly readable: number;
  readonly proofs: readonly [number, number];
  readonly examples: readonly { value: string; line: number }[];
}

/** For each column: values, values readable at all, and for two readings how many values allow only this one. */
async function proofsOf(
  engine: DuckdbEngine,
  names: readonly string[],
  readings: (value: string) => { readable: string; first: string; second: string },
): Promise<Proofs[]> {
  const found: Proofs[] = [];
  for (const name of names) {
    const value = text(name);
    const { readable, first, second } = readings(value);
    const example = (condition: string) =>
      `(SELECT {'value': ${value}, 'line': line} FROM raw WHERE ${condition} ORDER BY line LIMIT 1)`;
    const [row] = await engine.rows(
      `SELECT count(${value}) AS filled, count(*) FILTER (WHERE ${readable}) AS readable, count(*) FILTER (WHERE ${first}) AS first,
         count(*) FILTER (WHERE ${second}) AS second, to_json([${[first, second, readable].map(example).join(", ")}])::VARCHAR AS examples FROM raw`,
    );
    const proofs = [Number(row.first), Number(row.second)] as const;
    const examples = JSON.parse(String(row.examples)) as ({ value: string; line: number } | null)[];
    found.push({
      filled: Number(row.filled),
      readable: Number(row.readable),
      proofs,
      examples: examples.slice(proofs.some((count) => count > 0) ? 0 : 2).filter((one) => one !== null),
    });
  }
  return found;
}

async function decimalsOf(engine: DuckdbEngine, header: readonly string[]): Promise<Record<string, WrittenForm>> {
  const found = await proofsOf(engine, header, (value) => ({
    readable: `(${commaDecimal.allows(value)} OR ${pointDecimal.allows(value)})`,
    first: `(${commaDecimal.allows(value)} AND NOT ${pointDecimal.allows(value)})`,
    second: `(${pointDecimal.allows(value)} AND NOT ${commaDecimal.allows(value)})`,
  }));
  // A text that once says "1,5" is no column of numbers.
  const numeric = header.flatMap((name, at) =>
    2 * found[at].readable > found[at].filled ? [{ name, ...found[at] }] : [],
  );
  const own = numeric.map(({ proofs }) => reading(proofs, ",", "."));
  return Object.fromEntries(
    numeric.map(({ name, examples }, at) => [name, { decimal: own[at] ?? agreed(own), examples }]),
  );
}

async function dateOrdersOf(
  engine: DuckdbEngine,
  names: readonly string[],
  stated: { readonly dateOrder?: DateOrder },
): Promise<Record<string, WrittenForm>> {
  const found = await proofsOf(engine, names, (value) => {
    const day = dayMonthYear(value, "day_first");
    const month = dayMonthYear(value, "month_first");
    return {
      readable: `(${day} IS NOT NULL OR ${month} IS NOT NULL)`,
      first: `(${day} IS NOT NULL AND ${month} IS NULL)`,
      second: `(${month} IS NOT NULL AND ${day} IS NULL)`,
    };
  });
  const dates = names.flatMap((name, at) => (found[at].readable > 0 ? [{ name, ...found[at] }] : []));
  const own = dates.map(({ proofs }) => reading(proofs, "day_first", "month_first"));
  const inFile = agreed(own);
  const unproven = inFile === undefined || inFile === "mixed" ? (stated.dateOrder ?? "unknown") : inFile;
  return Object.fromEntries(
    dates.map(({ name, examples }, at) => [name, { dateOrder: own[at] ?? unproven, examples }]),
  );
}

/** Which of two readings a column's values prove; "mixed" where they prove both, undefined where none. */
function reading<A extends string, B extends string>(
  [first, second]: readonly [number, number],
  one: A,
  other: B,
): A | B | "mixed" | undefined {
  if (first > 0) return second > 0 ? "mixed" : one;
  return second > 0 ? other : undefined;
}

/** What all columns that prove one reading agree on. */
function agreed<R extends string>(readings: readonly (R | "mixed" | undefined)[]): R | "mixed" | undefined {
  const proven = new Set(readings.filter((one) => one !== undefined && one !== "mixed"));
  return proven.size > 1 ? "mixed" : [...proven][0];
}
