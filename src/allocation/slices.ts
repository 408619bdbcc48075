import { join } from "node:path";
import { quote } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import type { ColumnBatch } from "../engine/engine.ts";
import { type LimitText, type RuleText, sumOfTerms, type Term } from "./limit-text.ts";
import type { AllocationProblem, Limit } from "./problem.ts";
import { curveColumnNames, curveColumns, curvesOf } from "./read-curves.ts";
import { type Rule, ruleOf } from "./rules.ts";
import type { SpendCurves, WeightParts } from "./spend.ts";
import { type AllocationTable, conditionOf, isDerived } from "./table.ts";

/** What a file says about who could get what, or a part of it with whole customers. */
export interface AllocationFile {
  readonly problem: AllocationProblem & Readonly<Record<"short" | "long" | "cost", Float64Array>>;
  readonly limits: readonly Limit[];
  readonly rules: readonly Rule[];
  /** Values less caution; the same as the problem's where there is none. */
  readonly cautious: Readonly<Record<"short" | "long", Float64Array>>;
  /** Where actions have response curves: `short`, `long` and `cost` are those of the largest spend. */
  readonly spend?: { readonly curves: SpendCurves; readonly parts: readonly WeightParts[] }; // parts (limits)
}

/** The rows that are needed, with customers in order of id and each one's actions together, nothing first. */
export interface CellsFile {
  readonly path: string;
  readonly table: AllocationTable;
  readonly customers: number;
}

/** Rows that the engine hands over at once: a slice may get so many customers more than it was to have. */
const batchRows = 2048;

/** Writes the cells of all customers, or of one of so many as a hash of the id picks them, into the engine's temporary folder. */
export async function writeCells(
  engine: DuckdbEngine,
  table: AllocationTable,
  { name, oneOf }: { name: string; oneOf: number } = { name: "cells", oneOf: 1 },
): Promise<CellsFile> {
  const path = join(engine.temporaryDirectory, `${name}.parquet`);
  const { header, numbers, conditions, actions } = table;
  const places = `[${actions.map(textLiteral).join(", ")}]`;
  const eligible = header.includes("eligible") ? "coalesce(TRY_CAST(eligible AS BOOLEAN), false)" : "true";
  await engine.statement(
    `COPY (SELECT CAST(customer_id AS VARCHAR) AS customer, list_position(${places}, CAST(action AS VARCHAR)) - 1 AS place,
       CAST(${eligible} AS UTINYINT) AS allowed ${curveColumns(header)}
       ${numbers.map((name, at) => `, CAST(${quote(name)} AS DOUBLE) AS number_${at}`).join("")}
       ${conditions.map((condition, at) => `, CAST(coalesce(${condition}, false) AS UTINYINT) AS holds_${at}`).join("")}
     FROM allocation_table WHERE hash(CAST(customer_id AS VARCHAR)) % ${oneOf} = 0 ORDER BY customer, place)
     TO ${textLiteral(path)} (FORMAT parquet)`,
  );
  const [{ customers }] = await engine.rows(
    `SELECT count(*) AS customers FROM read_parquet(${textLiteral(path)}) WHERE place = 0`,
  );
  return { path, table, customers: Number(customers) };
}

/**
 * The customers in order, at least `size` at a time but for the last. A pair that is absent cannot be chosen. Without `withIds` all ids
 * are empty: only reasons and plans need them. Throws InputError unknown_action.
 */
export async function* slicesOf(
  engine: DuckdbEngine,
  { path, table, customers }: CellsFile,
  { size, withIds }: { size: number; withIds: boolean },
): AsyncGenerator<AllocationFile> {
  const columns = cellColumns(table);
  const capacity = Math.min(customers, size + batchRows);
  const id = withIds ? "CASE WHEN place = 0 THEN customer END" : "NULL";
  const batches = engine.stream(
    `SELECT ${id} AS customer, place, ${columns.join(", ")} FROM read_parquet(${textLiteral(path)})`,
    {
      ...(withIds && { customer: "text" }),
      place: "integer",
      ...Object.fromEntries(columns.map((name) => [name, "double"])),
    },
  );
  let slice = new Slice(table, capacity);
  for await (const batch of batches) {
    slice.add(batch);
    if (slice.customers <= size) continue;
    const { whole, rest } = slice.split(capacity);
    yield whole;
    slice = rest;
  }
  yield slice.file(slice.customers);
}

/** All customers as one. */
export async function readWhole(engine: DuckdbEngine, cells: CellsFile): Promise<AllocationFile> {
  const all = slicesOf(engine, cells, { size: cells.customers, withIds: true });
  return (await all.next()).value as AllocationFile;
}

function cellColumns({ header, numbers, conditions }: AllocationTable): string[] {
  return [
    "allowed",
    ...curveColumnNames(header),
    ...numbers.map((_, at) => `number_${at}`),
    ...conditions.map((_, at) => `holds_${at}`),
  ];
}

/** Customers as matrices (customers, actions), filled row by row. */
class Slice {
  customers = 0;
  readonly #table: AllocationTable;
  readonly #ids: string[] = [];
  readonly #matrices: Readonly<Record<string, Float64Array | Uint8Array>>;
  readonly #cells = new Int32Array(batchRows);

  constructor(table: AllocationTable, capacity: number) {
    this.#table = table;
    const cells = capacity * table.actions.length;
    this.#matrices = Object.fromEntries(
      cellColumns(table).map((name) => [name, isFlag(name) ? new Uint8Array(cells) : new Float64Array(cells)]),
    );
  }

  add({ rows, numbers, texts }: ColumnBatch): void {
    const width = this.#table.actions.length;
    const { place } = numbers;
    const cells = this.#cells;
    for (let row = 0; row < rows; row++) {
      if (place[row] === 0) {
        this.customers++;
        this.#ids.push(texts.customer?.[row] ?? "");
      }
      cells[row] = (this.customers - 1) * width + place[row];
    }
    for (const [name, matrix] of Object.entries(this.#matrices)) {
      const values = numbers[name];
      for (let row = 0; row < rows; row++) matrix[cells[row]] = values[row];
    }
  }

  /** All customers but the last, of whom more rows may come, and a new slice that begins with that one. */
  split(capacity: number): { whole: AllocationFile; rest: Slice } {
    const complete = this.customers - 1;
    const width = this.#table.actions.length;
    const rest = new Slice(this.#table, capacity);
    rest.customers = 1;
    rest.#ids.push(this.#ids[complete]);
    for (const [name, matrix] of Object.entries(this.#matrices))
      rest.#matrices[name].set(matrix.subarray(complete * width, (complete + 1) * width));
    return { whole: this.file(complete), rest };
  }

  file(customers: number): AllocationFile {
    const { actions, numbers, conditions, header, asked } = this.#table;
    const cells = customers * actions.length;
    const matrix = (name: string) => this.#matrices[name].subarray(0, cells);
    const amounts = Object.fromEntries(
      numbers.map((name, at) => [name, matrix(`number_${at}`) as Float64Array]),
    ) as Record<string, Float64Array>;
    const holds = new Map(conditions.map((condition, at) => [condition, matrix(`holds_${at}`)]));
    const eligible = matrix("allowed") as Uint8Array;
    const { short, long, cost } = amounts;
    const problem = { customerIds: this.#ids.slice(0, customers), actions, eligible, short, long, cost };
    const cautious = (name: "short" | "long") =>
      asked.caution > 0
        ? amounts[name].map((mean, at) => mean - asked.caution * amounts[`${name}_sd`][at])
        : amounts[name];
    const meets = (where: Term["where"]) => {
      const all = where.map((filter) => holds.get(conditionOf(filter)) as Uint8Array);
      return (at: number) => all.every((one) => one[at] === 1);
    };
    const weightOf = (terms: readonly Term[]) => weight({ amounts, cells, width: actions.length, meets }, terms);
    const rule = (kind: "forbid" | "force") => (text: RuleText) =>
      ruleOf(text, kind, { actions, cells, meets: meets(text.where) });
    const isWhole = ({ column }: Term) => column === "contacts" && isDerived(column, header);
    const partsOf = ({ terms }: LimitText): WeightParts => ({
      bySpend: weightOf(terms.filter(({ column }) => column === "cost")),
      whole: weightOf(terms.filter(isWhole)),
      byEffect: weightOf(terms.filter((term) => term.column !== "cost" && !isWhole(term))),
    });
    const curves = curvesOf(header, (name) => matrix(name) as Float64Array);
    return {
      problem,
      cautious: { short: cautious("short"), long: cautious("long") },
      limits: asked.limits.map(({ name, sense, limit, terms }) => ({ name, sense, limit, weight: weightOf(terms) })),
      rules: [...asked.forbid.map(rule("forbid")), ...asked.force.map(rule("force"))],
      ...(curves && { spend: { curves, parts: asked.limits.map(partsOf) } }),
    };
  }
}

const isFlag = (name: string) => name === "allowed" || name.startsWith("holds_");

interface Amounts {
  readonly amounts: Readonly<Record<string, Float64Array>>;
  readonly cells: number;
  readonly width: number;
  meets(where: Term["where"]): (at: number) => boolean;
}

/** Σ of the terms in every cell; a matrix itself where it is the only one, so that no copy of it is held. */
function weight({ amounts, cells, width, meets }: Amounts, terms: readonly Term[]): Float64Array {
  const [{ factor: first, column, where: all } = { factor: 0, column: "", where: [] }] = terms;
  if (terms.length === 1 && first === 1 && all.length === 0 && amounts[column]) return amounts[column];
  const { short, long } = amounts;
  const amount = (name: string) => {
    const own = amounts[name];
    if (own) return (at: number) => own[at];
    return name === "contacts" ? (at: number) => Number(at % width > 0) : (at: number) => short[at] + long[at];
  };
  return sumOfTerms(terms, cells, { amount, meets });
}
