import { millisecondsPerDay } from "../base/clock.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import type { ColumnBatch, NewColumn } from "../engine/engine.ts";
import { type Expression, instant, literal, missing } from "../engine/sql/expression.ts";
import { count, epochMs, maximum } from "../engine/sql/functions.ts";
import { from, namedTable, type Query, type Relation, table } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { RuleName, RuleSettings } from "../runs/clean-config.ts";
import { identityMerges } from "../schema/clean-tables.ts";
import { type ColumnType, typesOf } from "../schema/columns.ts";
import { canonicalTables } from "../schema/tables.ts";
import { inBase, total } from "./amounts.ts";
import { prepareGoods } from "./goods.ts";
import type { CleanOptions, Fit, Touched } from "./options.ts";
import { prepareRates, ratesTable } from "./rates.ts";
import { allRows, loadTable, type WorkName, type WorkTypes, workNames, workTypes } from "./work-tables.ts";

const markTypes = { row_id: "integer", reason: "text" } as const;
const ownerTypes = { customer_id: "text", owner_id: "text" } as const;
export const ownersTable = "cleaning_owners";
const cancellationTypes = { order_id: "text", cancelled_at: "timestamp" } as const;
export const cancellationsTable = "cleaning_cancellations";
export const mergesTable = "cleaning_merges";
const flagTypes = { customer_id: "text", flag: "text", known_at: "timestamp" } as const;
export const flagsTable = "cleaning_flags";
const refundLinkTypes = { row_id: "integer", order_id: "text" } as const;
export const refundLinksTable = "cleaning_refund_links";

/** Why rows of a table were set aside: `row_id`, `reason`. */
export const marks = (name: WorkName, alias: string) => namedTable(`cleaning_marks_${name}`, markTypes, alias);

/** Which customer an id belongs to, where that is another one. */
export const owners = (alias: string) => namedTable(ownersTable, ownerTypes, alias);

/** The orders that a rule found for refunds that did not name one. */
export const refundLinks = (alias: string) => namedTable(refundLinksTable, refundLinkTypes, alias);

/** Kept orders that were cancelled long after they were placed, and when. */
export const cancellations = (alias: string) => namedTable(cancellationsTable, cancellationTypes, alias);

/** Every merge of one customer id into another that a rule found, undone or not. */
export const merges = (alias: string) => table({ ...identityMerges, name: mergesTable }, alias);

/** What is worth knowing about a customer, and since when it is known. */
export const flags = (alias: string) => namedTable(flagsTable, flagTypes, alias);

/**
 * The ingested tables laid out for cleaning. They never change; a rule marks rows with a reason, and the rows without
 * a mark are those kept so far. So nothing can be dropped silently, and where every row went can be counted at the end.
 */
export class Bench {
  readonly engine: DuckdbEngine;
  readonly options: CleanOptions;
  /** Milliseconds since 1970 UTC: nothing that is known can have happened later. */
  readonly now: number;
  /** The first midnight after the last order whose date can be one, epoch ms; time zero where there is none. */
  dataEnd = 0;
  /** First and last order of those that were sales, epoch ms; known once the rules that fit nothing have run. */
  sales = { first: Number.NaN, last: Number.NaN };
  /** Facts known before this instant (epoch ms) may be fitted on. */
  fitBefore = Number.NaN;
  /** Everything that was fitted, in the order it was. */
  readonly fits: Fit[] = [];
  readonly #tables = new Set<string>();
  readonly #rowsKept = new Map<WorkName, number>();

  constructor(engine: DuckdbEngine, options: CleanOptions, now: number) {
    this.engine = engine;
    this.options = options;
    this.now = now;
  }

  /** Reads the artifact's tables (absent ones are empty) and the exchange rates. */
  async load(ingested: Artifact): Promise<void> {
    const { engine } = this;
    const rateTypes = typesOf(canonicalTables.fx_rates.columns);
    this.#tables.add(ratesTable);
    const { currency, timezone } = this.options;
    await prepareRates(engine, await openTable(engine, ingested, "fx_rates", rateTypes), currency);
    for (const name of workNames) {
      this.#tables.add(await loadTable(engine, ingested, name, { currency, timezone }));
      this.#rowsKept.set(name, await this.#rowsOf(from(allRows(name, "a"))));
      await this.materialise(`cleaning_marks_${name}`, noRows(markTypes));
    }
    this.dataEnd = await this.#findDataEnd();
    await this.materialise(ownersTable, noRows(ownerTypes));
    await this.materialise(refundLinksTable, noRows(refundLinkTypes));
    await this.materialise(cancellationsTable, noRows(cancellationTypes));
    await this.materialise(mergesTable, noRows(merges("m").types));
    await this.materialise(flagsTable, noRows(flagTypes));
    await prepareGoods(this);
  }

  /** What is dated before this (epoch ms) is the default of a spreadsheet or a clock (1899, 1970), not a sale. */
  get earliest(): number {
    const settings = this.options.rules.dates_outside_the_window;
    return Date.parse(settings ? settings.earliest : "1990-01-01");
  }

  /** The settings of a rule that is on. */
  settings<Name extends RuleName>(name: Name): RuleSettings<Name> {
    return this.options.rules[name] as RuleSettings<Name>;
  }

  /** Notes something that was fitted, and on how many rows. */
  remember(fit: Omit<Fit, "group" | "referenceRows"> & { group?: string }, numbers: ColumnBatch["numbers"]): void {
    this.fits.push({ group: "", ...fit, referenceRows: numbers.rows[0] });
  }

  /** Frees what the work took; the engine lives on for other stages. */
  async clear(): Promise<void> {
    for (const name of this.#tables) await this.engine.drop(name);
  }

  async materialise(name: string, query: Query): Promise<void> {
    this.#tables.add(name);
    await this.engine.materialise(name, query);
  }

  async hold(name: string, columns: readonly NewColumn[]): Promise<void> {
    this.#tables.add(name);
    await this.engine.hold(name, columns);
  }

  rowsKept(name: WorkName): number {
    return this.#rowsKept.get(name) ?? 0;
  }

  /** The rows nobody has marked yet, with the customer ids as they came in. */
  unmerged<Name extends WorkName>(name: Name, alias: string): Relation<WorkTypes<Name>> {
    return this.#unmarked(name).as(alias) as Relation<WorkTypes<Name>>;
  }

  /** The rows nobody has marked yet, with `customer_id` being the customer the id was merged into. */
  kept<Name extends WorkName>(name: Name, alias: string): Relation<WorkTypes<Name>> {
    if (name === "customers" || !("customer_id" in workTypes[name])) return this.unmerged(name, alias);
    const o = owners("o");
    const rows = this.#unmarked(name);
    const id = rows.selection["customer_id"] as Expression<"text">;
    return rows
      .leftJoin(o, o.columns.customer_id.equals(id))
      .select({ customer_id: o.columns.owner_id.orElse(id) })
      .as(alias) as unknown as Relation<WorkTypes<Name>>;
  }

  #unmarked(name: WorkName): Query {
    const rows = allRows(name, "a") as Relation;
    const m = marks(name, "m");
    const rowId = rows.columns["row_id"] as Expression<"integer">;
    return from(rows).without(m, m.columns.row_id.equals(rowId)).select(rows.columns) as unknown as Query;
  }

  /** Marks rows (which must not carry a mark yet) and says how many they were and what they were worth. */
  async setAside(name: WorkName, rows: () => Query<typeof markTypes>): Promise<Touched> {
    const rowsBefore = this.rowsKept(name);
    if (rowsBefore === 0) return { table: name, rowsBefore, rowsTouched: 0, moneyTouchedMinor: 0 };
    const found = rows().as("found");
    const fresh = from(found)
      .groupBy(found.columns.row_id)
      .select({ row_id: found.columns.row_id, reason: maximum(found.columns.reason) });
    await this.materialise("cleaning_found", fresh);
    const marked = namedTable("cleaning_found", markTypes, "f");
    const all = allRows(name, "a");
    const touched = await this.measure(
      name,
      from(all).join(marked, marked.columns.row_id.equals(all.columns.row_id)).select(all.columns),
    );
    if (touched.rowsTouched > 0) {
      const old = marks(name, "m");
      await this.materialise(
        "cleaning_marked",
        from(old).select(old.columns).followedBy(from(marked).select(marked.columns)),
      );
      const both = namedTable("cleaning_marked", markTypes, "b");
      await this.materialise(`cleaning_marks_${name}`, from(both).select(both.columns));
    }
    this.#rowsKept.set(name, rowsBefore - touched.rowsTouched);
    return { ...touched, rowsBefore };
  }

  /** Rows and money of some rows of a table, as a rule reports them. */
  async measure(name: WorkName, rows: Query): Promise<Touched> {
    const some = rows.as("some");
    const batch = await this.engine.collect(from(some).select({ rows: count(), money: total(moneyOf(name, some)) }));
    return {
      table: name,
      rowsBefore: this.rowsKept(name),
      rowsTouched: batch.numbers.rows[0],
      moneyTouchedMinor: batch.numbers.money[0],
    };
  }

  async #findDataEnd(): Promise<number> {
    const orders = allRows("orders", "o");
    const { ordered_at } = orders.columns;
    const possible = ordered_at.atLeast(instant(this.earliest)).and(ordered_at.atMost(instant(this.now)));
    const found = await this.engine.collect(
      from(orders)
        .where(possible)
        .select({ last: maximum(epochMs(ordered_at)) }),
    );
    const last = found.numbers.last[0];
    return Number.isNaN(last) ? 0 : (Math.floor(last / millisecondsPerDay) + 1) * millisecondsPerDay;
  }

  async #rowsOf(rows: Query): Promise<number> {
    return (await this.engine.collect(rows.select({ rows: count() }))).numbers.rows[0];
  }
}

type AmountColumns = Readonly<
  Record<"row_id" | "items_gross_minor" | "goods_minor" | "quantity" | "unit_price_minor", Expression<"integer">>
> & { readonly factor: Expression<"double"> };

/** What a row of the table is worth, in minor units of the workspace currency. */
function moneyOf(name: WorkName, row: Relation): Expression<"integer"> {
  const columns = row.columns as AmountColumns;
  if (name === "orders") return inBase(columns.items_gross_minor, columns.factor);
  if (name === "order_lines") return lineAmount(columns, columns.factor);
  if (name === "refunds") return inBase(columns.goods_minor, columns.factor);
  return columns.row_id.times(0);
}

/** Quantity × unit price of an order line, before its discount. */
export function lineAmount(
  line: Readonly<Record<"quantity" | "unit_price_minor", Expression<"integer">>>,
  factor: Expression<"double">,
): Expression<"integer"> {
  return inBase(line.quantity, line.unit_price_minor.to("double").times(factor));
}

function noRows(types: Readonly<Record<string, ColumnType>>): Query {
  return from()
    .where(literal(false))
    .select(Object.fromEntries(Object.entries(types).map(([name, type]) => [name, missing(type)])));
}
