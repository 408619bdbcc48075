import type { CanonicalTableName } from "../schema/tables.ts";
import type { WrittenForms } from "./written-forms.ts";

/** Where a canonical row comes from: one SELECT over the raw table, whose columns are all text, plus `line`. */
export interface Mapping {
  readonly table: CanonicalTableName;
  /**
   * SQL of each canonical column over `raw`. Dirty values become NULL here; `problems` says why, before.
   */
  readonly columns: Readonly<Record<string, string>>;
  /** Raw rows this table takes; default all. */
  readonly where?: string;
  /** Several raw rows make one (lines of an order); the other columns are aggregates then. */
  readonly groupBy?: readonly string[];
  /** These rows give way to any other source's row of the same key. */
  readonly yields?: boolean;
}

/** A reason to set a raw row aside: the first that holds counts. */
export interface Problem {
  readonly reason: string;
  readonly column?: string;
  /** SQL condition over `raw`. */
  readonly when: string;
}

export interface PresetContext {
  readonly header: readonly string[];
  /** How each raw column writes numbers and dates; hand a column's form to the conversions of `sql-text.ts`. */
  readonly forms: WrittenForms;
  readonly timezone: string;
  readonly defaultCurrency: string;
  /** Now, as a SQL timestamp. */
  readonly now: string;
  readonly sourceId: string;
}

/** A kind of export. To add one, fill in this form and list it in `presets/index.ts`. */
export interface Preset {
  readonly name: string;
  /** Columns without which a file is not of this kind: any one of these sets. */
  readonly recognisedBy: readonly (readonly string[])[];
  read(context: PresetContext): PresetReading;
}

export interface PresetReading {
  /** The table whose rows the raw rows are, for the rows set aside. */
  readonly table: CanonicalTableName;
  /** Columns added to `raw` before anything looks at it: name → SQL over the raw text. */
  readonly derived?: Readonly<Record<string, string>>;
  readonly mappings: readonly Mapping[];
  readonly problems: readonly Problem[];
  /** Reasons that do not count against the share of rows that may be set aside. */
  readonly expectedReasons: readonly string[];
  /** Signed money of a raw row in minor units, and its currency: what must reconcile. */
  readonly money?: { minor: string; currency: string };
  /** Raw columns whose text is turned into a keyed hash before anything is stored: column → how it is normalised. */
  readonly contacts?: Readonly<Record<string, "email" | "phone">>;
}
