import { DataError } from "../../base/errors.ts";
import { sqlType } from "../../engine/duckdb/dialect.ts";
import type { Columns, Table } from "../../schema/columns.ts";
import { type CanonicalTableName, canonicalTables } from "../../schema/tables.ts";
import type { Preset, PresetContext, PresetReading, Problem } from "../preset.ts";
import { column, text } from "../sql-text.ts";

/** Canonical tables as CSV: one file a table, columns named as in `schema/tables.ts`, contacts in the clear. */
export const longrun: Preset = {
  name: "longrun",
  recognisedBy: Object.values(canonicalTables as Record<string, Table>).flatMap(signsOf),
  read(context) {
    const table = bestTable(context);
    const contacts = Object.fromEntries(
      (["email", "phone"] as const).filter((name) => context.header.includes(name)).map((name) => [name, name]),
    );
    return table === "customers" ? { ...reading(table, context), contacts } : reading(table, context);
  },
};

/** A lone id, as customers have, says nothing: half of all exports have a customer_id. One more column must be ours. */
function signsOf({ name, columns }: Table): string[][] {
  const required = requiredOf(columns);
  if (required.length > 1) return [required];
  const others = Object.keys(columns).filter((column) => !required.includes(column));
  return [...others, ...(name === "customers" ? ["email", "phone"] : [])].map((other) => [...required, other]);
}

function requiredOf(columns: Columns): string[] {
  return Object.entries(columns).flatMap(([name, { required }]) => (required ? [name] : []));
}

/**
 * The table that knows most of these columns. If that one lacks a required column, another that happens to lack none (an
 * order without its date has all that a customer needs) would be read as what it is not: refused.
 */
function bestTable({ header, sourceId }: PresetContext): CanonicalTableName {
  const missingOf = ({ columns }: Table) => requiredOf(columns).filter((name) => !header.includes(name));
  const [best] = Object.values(canonicalTables as Record<string, Table>).sort(
    (a, b) => known(b, header) - known(a, header) || missingOf(a).length - missingOf(b).length,
  );
  const missing = missingOf(best);
  if (missing.length > 0)
    throw new DataError("missing_column", {
      path: sourceId,
      preset: `longrun (${best.name})`,
      missing,
      found: header.slice(0, 12),
    });
  return best.name as CanonicalTableName;
}

const known = ({ columns }: Table, header: readonly string[]) =>
  Object.keys(columns).filter((name) => header.includes(name)).length;

function reading(table: CanonicalTableName, { header, now, forms }: PresetContext): PresetReading {
  const { columns } = canonicalTables[table] as Table;
  const present = Object.entries(columns).filter(([name]) => header.includes(name));
  const problems = present.flatMap(([name, { type, required }]): Problem[] => {
    const value = text(name);
    const converted = column(name, type, forms[name]);
    const list: Problem[] = required ? [{ reason: "missing_required", column: name, when: `${value} IS NULL` }] : [];
    const unparsable = `${value} IS NOT NULL AND ${converted} IS NULL`;
    if (type === "timestamp" || type === "date") {
      list.push({ reason: "unparsable_date", column: name, when: unparsable });
      if ((required || name === "refunded_at") && type === "timestamp")
        list.push({ reason: "future_date", column: name, when: `${converted} > ${now}` });
    } else if (type !== "text") list.push({ reason: "unparsable_number", column: name, when: unparsable });
    if (name.endsWith("_minor")) {
      const reason = name === "unit_price_minor" ? "price_not_positive" : "negative_amount";
      list.push({ reason, column: name, when: `${converted} ${reason === "price_not_positive" ? "<=" : "<"} 0` });
    }
    return list;
  });
  const mapped = Object.fromEntries(
    Object.entries(columns).map(([name, { type }]) => [
      name,
      header.includes(name) ? column(name, type, forms[name]) : `CAST(NULL AS ${sqlType[type]})`,
    ]),
  );
  if (table === "customers") {
    for (const contact of ["email", "phone"]) if (header.includes(contact)) mapped[`${contact}_hmac`] = text(contact);
  }
  const isOrders = table === "orders";
  return {
    table,
    mappings: [{ table, columns: mapped }],
    problems,
    expectedReasons: [],
    money:
      isOrders && header.includes("total_minor")
        ? { minor: column("total_minor", "integer", forms.total_minor), currency: text("currency") }
        : undefined,
  };
}
