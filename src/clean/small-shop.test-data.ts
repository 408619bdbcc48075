import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentProgress } from "../base/progress.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import type { NewColumn } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { type CleanConfig, type CleanConfigInput, cleanSchema } from "../runs/clean-config.ts";
import { ArtifactStore } from "../runs/store.ts";
import type { ColumnType } from "../schema/columns.ts";
import { type CanonicalTableName, canonicalTableNames, canonicalTables } from "../schema/tables.ts";
import { type CleanOptions, type CleanValues, clean } from "./index.ts";

/** Times are ISO text; a column that is left out is NULL, or what `usual` says. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;
export type Shop = Partial<Record<CanonicalTableName, readonly Row[]>>;

const usual: Partial<Record<CanonicalTableName, Row>> = {
  orders: { status: "completed", currency: "USD", ordered_at: "2024-01-01T10:00:00Z", customer_id: "anna" },
  order_lines: { line_no: 1, quantity: 1 },
  refunds: { currency: "USD", refunded_at: "2024-02-01T10:00:00Z" },
  events: { name: "product_view", occurred_at: "2024-01-01T09:00:00Z" },
  assignments: { treatment_id: "coupon", assigned_at: "2024-01-01T00:00:00Z" },
  exposures: { treatment_id: "coupon", kind: "sent", exposed_at: "2024-01-01T05:00:00Z" },
  treatments: { type: "percent_off" },
};

export interface Cleaned {
  readonly values: CleanValues;
  readonly artifact: Artifact<CleanValues>;
  /** Rows of a table of the output, in the order they were written. */
  rows(name: string): Promise<Row[]>;
  /** Rows that a rule touched, in all tables or in one. */
  touched(rule: string, table?: string): number;
  /** "orders o1 cancelled": what was set aside, and why. */
  setAside(): Promise<string[]>;
}

/** What the tests set beyond the defaults: as a project's configuration would. */
export type ChosenOptions = CleanConfigInput & Partial<Omit<CleanOptions, keyof CleanConfig>>;

/** As the pipeline hands them in. */
export const horizons = {
  shortHorizonDays: 90,
  clvHorizonDays: 365,
  annualDiscountRate: 0.1,
  minimumHistoryDays: 90,
  originSpacingDays: 90,
  maximumOrigins: 14,
};

/** Cleans shops of a few hand-written rows in a temporary folder. */
export class CleaningRoom {
  readonly #folder = mkdtempSync(join(tmpdir(), "longrun-clean-"));
  #engine?: DuckdbEngine;
  #runs = 0;

  async open(): Promise<void> {
    this.#engine = await openDuckdb({ temporaryDirectory: join(this.#folder, "tmp") });
  }

  async close(): Promise<void> {
    await this.#engine?.close();
    rmSync(this.#folder, { recursive: true });
  }

  get engine(): DuckdbEngine {
    return this.#engine!;
  }

  async clean(
    shop: Shop,
    { rules, missing, outliers, undoneMerges, ...options }: ChosenOptions = {},
  ): Promise<Cleaned> {
    const { engine } = this;
    const store = new ArtifactStore(join(this.#folder, `run${this.#runs++}`));
    const { artifact: ingested } = await store.build("ingest", {}, engine, async (output) => {
      for (const name of canonicalTableNames) {
        if (shop[name]) await output.writeColumns(name, columnsOf(name, shop[name]));
      }
    });
    const clock = { now: () => Date.parse("2026-01-01"), elapsedMs: () => 0 };
    const { signal } = new AbortController();
    const context = { engine, clock, seed: "seed", threads: 2, progress: silentProgress, signal };
    const chosen: CleanOptions = {
      currency: "USD",
      timezone: "UTC",
      valueBasis: "net",
      ...cleanSchema.parse({ rules, missing, outliers, undoneMerges }),
      horizons,
      ...options,
    };
    const { artifact } = await store.build("clean", {}, engine, (output) =>
      clean(ingested, chosen, { ...context, output }),
    );
    const rows = (name: string) => readRows(engine, artifact, name);
    return {
      artifact,
      values: artifact.values,
      rows,
      touched: (rule, table) =>
        artifact.values.rules
          .filter((report) => report.rule === rule && (table === undefined || report.table === table))
          .reduce((sum, { rowsTouched }) => sum + rowsTouched, 0),
      setAside: async () =>
        (await rows("set_aside")).map(({ table_name, value, reason }) => `${table_name} ${value} ${reason}`),
    };
  }
}

function columnsOf(name: CanonicalTableName, rows: readonly Row[]): NewColumn[] {
  return Object.entries(canonicalTables[name].columns).map(([column, { type }]) => ({
    name: column,
    type,
    values: rows.map((row) => cell({ ...usual[name], ...row }[column], type)),
  }));
}

function cell(value: Row[string] | undefined, type: ColumnType): string | number | null {
  if (value === undefined || value === null) return null;
  if (type === "timestamp" || type === "date") return Date.parse(String(value));
  return typeof value === "boolean" ? Number(value) : value;
}

async function readRows(engine: DuckdbEngine, artifact: Artifact, name: string): Promise<Row[]> {
  const types = artifact.manifest.tables[name].types;
  const source = namedTable(await openTable(engine, artifact, name), types);
  const batch = await engine.collect(from(source).select(source.columns));
  return Array.from({ length: batch.rows }, (_, row) =>
    Object.fromEntries(
      Object.entries(types).map(([column, type]) => {
        if (type === "text") return [column, batch.texts[column][row]];
        const number = batch.numbers[column][row];
        if (Number.isNaN(number)) return [column, null];
        if (type === "boolean") return [column, number === 1];
        return [column, type === "timestamp" ? new Date(number).toISOString() : number];
      }),
    ),
  );
}
