import { DataError, InputError } from "../base/errors.ts";
import { quote } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import { openTableFile } from "../engine/duckdb/table-file.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import type { LimitText, RuleText, Term } from "./limit-text.ts";
import type { AllocationProblem, Limit } from "./problem.ts";
import { curveColumns, readCurves, refuseBadCurves } from "./read-curves.ts";
import { type Rule, ruleOf } from "./rules.ts";
import type { SpendCurves, WeightParts } from "./spend.ts";

export interface AllocationFileOptions {
  /** The action that does nothing; else the one whose short, long and cost are 0 for everybody. */
  readonly nothing?: string;
  readonly limits: readonly LimitText[];
  readonly forbid: readonly RuleText[];
  readonly force: readonly RuleText[];
  /** κ ≥ 0: effects count as their mean less κ standard deviations (columns short_sd, long_sd). */
  readonly caution: number;
}

/** What a file says about who could get what. */
export interface AllocationFile {
  readonly problem: AllocationProblem & Readonly<Record<"short" | "long" | "cost", Float64Array>>;
  readonly limits: readonly Limit[];
  readonly rules: readonly Rule[];
  /** Values less caution; the same as the problem's where there is none. */
  readonly cautious: Readonly<Record<"short" | "long", Float64Array>>;
  /** Where actions have response curves: `short`, `long` and `cost` are those of the largest spend. */
  readonly spend?: { readonly curves: SpendCurves; readonly parts: readonly WeightParts[] }; // parts (limits)
}

const valueColumns = ["short", "long", "cost"] as const;

/**
 * Reads `customer_id, action, short, long, cost`, an optional `eligible`, and whatever columns limits and rules name, from
 * Parquet, CSV or JSON lines; the engine holds the rows, memory only the matrices. A pair that is absent cannot be chosen.
 * Throws InputError missing_file, unknown_column, unknown_action; DataError unreadable_table, no_rows, not_a_number,
 * repeated_customer_action, no_nothing, customer_without_nothing, value_not_in_column, unusable_curve,
 * several_currencies.
 */
export async function readAllocationFile(
  engine: DuckdbEngine,
  path: string,
  options: AllocationFileOptions,
): Promise<AllocationFile> {
  const header = await openTableFile(engine, "allocation_table", path);
  for (const name of ["customer_id", "action", ...valueColumns])
    if (!header.includes(name)) throw new InputError("unknown_column", { path, column: name, columns: header });
  const terms = options.limits.flatMap(({ terms }) => terms);
  const measured = [...new Set(terms.map(({ column }) => column))].filter((name) => !isDerived(name, header));
  const deviations = options.caution > 0 ? ["short_sd", "long_sd"] : [];
  const numbers = [...new Set([...valueColumns, ...measured, ...deviations])];
  const rules = [...options.forbid, ...options.force];
  const filters = [...terms, ...rules].flatMap(({ where }) => where);
  const filtered = filters.map(({ column }) => column).filter((name) => name !== "action");
  for (const name of [...numbers, ...filtered])
    if (!header.includes(name)) throw new InputError("unknown_column", { path, column: name, columns: header });
  await refuseBadRows(engine, path, numbers);
  await refuseSeveralCurrencies(engine, path, header);
  await refuseBadCurves(engine, path, header);
  const nothing = options.nothing ?? (await actionOfNothing(engine, path));
  const { customerIds, actions } = await index(engine, nothing);
  await refuseMissingNothing(engine, path, nothing, customerIds.length);

  const cells = customerIds.length * actions.length;
  const eligible = new Uint8Array(cells);
  const matrices = Object.fromEntries(numbers.map((name) => [name, new Float64Array(cells)]));
  const conditions = [...new Map(filters.map((filter) => [conditionOf(filter), filter])).keys()];
  const holds = Object.fromEntries(conditions.map((condition) => [condition, new Uint8Array(cells)]));
  const isEligible = header.includes("eligible") ? "coalesce(TRY_CAST(t.eligible AS BOOLEAN), false)" : "true";
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE allocation_cells AS SELECT c.place * ${actions.length} + a.place AS cell,
       CAST(${isEligible} AS BIGINT) AS eligible
       ${curveColumns(header)}
       ${numbers.map((name, at) => `, CAST(t.${quote(name)} AS DOUBLE) AS number_${at}`).join("")}
       ${conditions.map((condition, at) => `, CAST(coalesce(${condition}, false) AS BIGINT) AS holds_${at}`).join("")}
     FROM allocation_table AS t JOIN allocation_customers AS c ON c.customer_id = CAST(t.customer_id AS VARCHAR)
       JOIN allocation_actions AS a ON a.action = CAST(t.action AS VARCHAR)`,
  );
  const places = await column(engine, "cell", "integer");
  const scatter = (into: Float64Array | Uint8Array, values: Float64Array) => {
    for (let row = 0; row < values.length; row++) into[places[row]] = values[row];
  };
  scatter(eligible, await column(engine, "eligible", "integer"));
  for (const [at, name] of numbers.entries()) scatter(matrices[name], await column(engine, `number_${at}`, "double"));
  for (const [at, condition] of conditions.entries())
    scatter(holds[condition], await column(engine, `holds_${at}`, "integer"));
  const curves = await readCurves(engine, header, places, cells);
  for (const name of ["cells", "customers", "actions", "table"]) await engine.drop(`allocation_${name}`);

  const width = actions.length;
  const meets = (where: Term["where"], at: number) => where.every((filter) => holds[conditionOf(filter)][at] === 1);
  const amount = (name: string, at: number) => {
    if (matrices[name]) return matrices[name][at];
    if (name === "contacts") return Number(at % width > 0);
    return matrices.short[at] + matrices.long[at];
  };
  const problem = { customerIds, actions, eligible, ...(matrices as Record<"short" | "long" | "cost", Float64Array>) };
  const cautious = (name: "short" | "long") =>
    options.caution > 0
      ? matrices[name].map((mean, at) => mean - options.caution * matrices[`${name}_sd`][at])
      : matrices[name];
  const weightOf = (terms: readonly Term[]) =>
    Float64Array.from({ length: cells }, (_, at) =>
      terms.reduce((sum, { factor, column, where }) => (meets(where, at) ? sum + factor * amount(column, at) : sum), 0),
    );
  const isWhole = ({ column }: Term) => column === "contacts" && isDerived(column, header);
  const partsOf = ({ terms }: LimitText): WeightParts => ({
    bySpend: weightOf(terms.filter(({ column }) => column === "cost")),
    whole: weightOf(terms.filter(isWhole)),
    byEffect: weightOf(terms.filter((term) => term.column !== "cost" && !isWhole(term))),
  });
  return {
    problem: { customerIds, actions, eligible, short: problem.short, long: problem.long, cost: problem.cost },
    cautious: { short: cautious("short"), long: cautious("long") },
    limits: options.limits.map(({ name, sense, limit, terms }) => ({ name, sense, limit, weight: weightOf(terms) })),
    ...(curves && { spend: { curves, parts: options.limits.map(partsOf) } }),
    rules: [
      ...options.forbid.map((rule) => ruleOf(rule, "forbid", { actions, cells, meets: (at) => meets(rule.where, at) })),
      ...options.force.map((rule) => ruleOf(rule, "force", { actions, cells, meets: (at) => meets(rule.where, at) })),
    ],
  };
}

/** `contacts` and `total` are what they say, unless the file has columns of these names. */
function isDerived(name: string, header: readonly string[]): boolean {
  return (name === "contacts" || name === "total") && !header.includes(name);
}

function conditionOf({ column, values }: Term["where"][number]): string {
  return `CAST(t.${quote(column)} AS VARCHAR) IN (${values.map(textLiteral).join(", ")})`;
}

async function column(engine: DuckdbEngine, name: string, type: "integer" | "double"): Promise<Float64Array> {
  const c = namedTable("allocation_cells", { [name]: type }, "c");
  return (await engine.collect(from(c).select(c.columns))).numbers[name];
}

async function refuseBadRows(engine: DuckdbEngine, path: string, numbers: readonly string[]): Promise<void> {
  for (const name of numbers) {
    const [bad] = await engine.rows(
      `SELECT CAST(customer_id AS VARCHAR) AS customer, CAST(action AS VARCHAR) AS action, CAST(${quote(name)} AS VARCHAR) AS value
       FROM allocation_table WHERE NOT coalesce(isfinite(TRY_CAST(${quote(name)} AS DOUBLE)), false) LIMIT 1`,
    );
    if (bad) {
      const { customer, action, value } = bad;
      throw new DataError("effect_not_a_number", {
        path,
        column: name,
        customer: String(customer ?? ""),
        action: String(action ?? ""),
        value: String(value ?? ""),
      });
    }
  }
  const [twice] = await engine.rows(
    `SELECT CAST(customer_id AS VARCHAR) AS customer, CAST(action AS VARCHAR) AS action FROM allocation_table
     GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1`,
  );
  if (twice) {
    throw new DataError("repeated_customer_action", {
      path,
      customer: String(twice.customer),
      action: String(twice.action),
    });
  }
}

/** Amounts of several currencies cannot be added up, and no rate is known here. */
async function refuseSeveralCurrencies(engine: DuckdbEngine, path: string, header: readonly string[]): Promise<void> {
  if (!header.includes("currency")) return;
  const found = await engine.rows(
    `SELECT DISTINCT CAST(currency AS VARCHAR) AS currency FROM allocation_table WHERE coalesce(CAST(currency AS VARCHAR), '') <> '' ORDER BY 1`,
  );
  if (found.length > 1)
    throw new DataError("several_currencies", { path, currencies: found.map(({ currency }) => String(currency)) });
}

async function actionOfNothing(engine: DuckdbEngine, path: string): Promise<string> {
  const found = await engine.rows(
    `SELECT CAST(action AS VARCHAR) AS action FROM allocation_table GROUP BY CAST(action AS VARCHAR)
     HAVING max(abs(CAST(short AS DOUBLE)) + abs(CAST(long AS DOUBLE)) + abs(CAST(cost AS DOUBLE))) = 0
     ORDER BY count(*) DESC, CAST(action AS VARCHAR) <> 'nothing', 1 LIMIT 1`,
  );
  if (found.length === 0) throw new DataError("no_nothing", { path });
  return String(found[0].action);
}

/** Customers in order of id; actions in order of name, nothing first. */
async function index(engine: DuckdbEngine, nothing: string): Promise<{ customerIds: string[]; actions: string[] }> {
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE allocation_customers AS SELECT customer_id, row_number() OVER (ORDER BY customer_id) - 1 AS place
     FROM (SELECT DISTINCT CAST(customer_id AS VARCHAR) AS customer_id FROM allocation_table)`,
  );
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE allocation_actions AS SELECT action, row_number() OVER (ORDER BY action <> ${textLiteral(nothing)}, action) - 1 AS place
     FROM (SELECT DISTINCT CAST(action AS VARCHAR) AS action FROM allocation_table)`,
  );
  const listed = async (table: string, name: string) => {
    const t = namedTable(table, { [name]: "text", place: "integer" } as const, "t");
    const { texts } = await engine.collect(from(t).select(t.columns).orderBy(t.columns.place));
    return texts[name] as string[];
  };
  return {
    customerIds: await listed("allocation_customers", "customer_id"),
    actions: await listed("allocation_actions", "action"),
  };
}

async function refuseMissingNothing(
  engine: DuckdbEngine,
  path: string,
  nothing: string,
  customers: number,
): Promise<void> {
  const having = `SELECT DISTINCT CAST(customer_id AS VARCHAR) AS customer_id FROM allocation_table WHERE CAST(action AS VARCHAR) = ${textLiteral(nothing)}`;
  const lacking = await engine.rows(
    `SELECT customer_id FROM allocation_customers ANTI JOIN (${having}) USING (customer_id) ORDER BY customer_id`,
  );
  if (lacking.length === customers) throw new InputError("unknown_action", { action: nothing, actions: [] });
  if (lacking.length > 0) {
    const customer = String(lacking[0].customer_id);
    throw new DataError("customer_without_nothing", { path, customer, customers: lacking.length, nothing });
  }
}
