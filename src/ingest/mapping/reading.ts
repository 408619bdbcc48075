import { quote, sqlType } from "../../engine/duckdb/dialect.ts";
import { textLiteral } from "../../engine/duckdb/engine.ts";
import type { Table } from "../../schema/columns.ts";
import { type CanonicalTableName, canonicalTables } from "../../schema/tables.ts";
import type { Mapping, Preset, PresetReading, Problem } from "../preset.ts";
import { text } from "../sql-text.ts";
import { converted, money } from "./converted.ts";
import { sourceColumns, type TableMapping } from "./mapping.ts";
import { isMoney, type Shape, shapeOf } from "./shapes.ts";

/** A mapping as a preset: everything after the header is read like any other export. */
export function mappingPreset(mapping: TableMapping): Preset {
  return { name: "mapping", recognisedBy: [], read: ({ now }) => new MappedTable(mapping).reading(now) };
}

type Values = (column: string) => string | undefined;

class MappedTable {
  readonly #mapping: TableMapping;
  readonly #shape: Shape;

  constructor(mapping: TableMapping) {
    this.#mapping = mapping;
    this.#shape = shapeOf(mapping.table)!;
  }

  reading(now: string): PresetReading {
    return {
      table: this.#shape.name === "orders_and_lines" ? "order_lines" : (this.#shape.name as CanonicalTableName),
      derived: this.#derived(),
      mappings: this.#mappings(),
      problems: this.#problems(now),
      // Who bought as a guest is unknown to the shop itself; such rows say nothing about the file's quality.
      expectedReasons: ["no_customer"],
      money: this.#reconciled(),
      contacts: this.#contacts(),
    };
  }

  /** Each canonical column's converted value, computed once and kept beside the raw text. */
  #derived(): Record<string, string> {
    const { columns } = this.#mapping;
    const currency = this.#text("currency");
    const stated = this.#mapping.currency === null ? "CAST(NULL AS VARCHAR)" : `'${this.#mapping.currency}'`;
    const own = currency === undefined ? stated : `upper(${currency})`;
    const names = Object.keys(columns).filter((name) => name !== "currency");
    return Object.fromEntries([
      [derivedName("currency"), own],
      ...names.map((name) => [derivedName(name), this.#converted(name, own)]),
    ]);
  }

  #converted(name: string, currency: string): string {
    const value = this.#text(name)!;
    if (!isMoney(name)) return converted(value, this.#shape.columns[name].type, this.#mapping);
    const amount = money(value, currency, this.#mapping);
    // Whether a discount is written with a minus is the exporter's habit.
    return name.includes("discount") ? `abs(${amount})` : amount;
  }

  /** The text of a canonical column as the file has it, its own words put into ours. */
  #text(name: string): string | undefined {
    const source = this.#mapping.columns[name];
    if (source === undefined) return undefined;
    if (typeof source === "object" && "value" in source) return textLiteral(String(source.value));
    const written = sourceColumns(source).map(text).join(" || '-' || ");
    const words = Object.entries(this.#mapping.values[name] ?? {});
    const cases = words.map(([word, ours]) => `WHEN ${textLiteral(word)} THEN ${textLiteral(ours)}`);
    return cases.length === 0 ? `(${written})` : `(CASE ${written} ${cases.join(" ")} ELSE ${written} END)`;
  }

  #value: Values = (name) =>
    name === "currency" || name in this.#mapping.columns ? `raw.${quote(derivedName(name))}` : undefined;

  #mappings(): Mapping[] {
    if (this.#shape.name === "orders")
      return [{ table: "orders", columns: filled("orders", orderValues(this.#value)) }, ...this.#buyers()];
    if (this.#shape.name === "orders_and_lines") return [this.#ordersOfLines(), this.#lines(), ...this.#buyers()];
    const table = this.#shape.name as CanonicalTableName;
    const hashed: Values = (name) => this.#value(name.replace(/_hmac$/, ""));
    return [{ table, columns: filled(table, hashed) }];
  }

  #ordersOfLines(): Mapping {
    const { order_id, customer_id } = { order_id: this.#value("order_id")!, customer_id: this.#value("customer_id")! };
    const lineDiscount = this.#value("line_discount_minor");
    const ofOrder: Values = (name) => {
      if (name === "order_id") return order_id;
      if (name === "customer_id") return customer_id;
      if (name === "items_gross_minor") return `CAST(sum(${this.#lineAmount()}) AS BIGINT)`;
      const value = this.#value(name);
      if (name === "discount_minor" && value === undefined && lineDiscount !== undefined)
        return `CAST(sum(${lineDiscount}) AS BIGINT)`;
      // The order's own columns stand in each of its lines, or in the first alone.
      return value === undefined ? undefined : `arg_min(${value}, raw.line)`;
    };
    return { table: "orders", groupBy: [order_id, customer_id], columns: filled("orders", orderValues(ofOrder)) };
  }

  #lines(): Mapping {
    const order = this.#value("order_id");
    const values: Record<string, string> = {
      line_no: `row_number() OVER (PARTITION BY ${order} ORDER BY raw.line)`,
      quantity: "CAST(1 AS BIGINT)",
      unit_price_minor: `CAST(round(${this.#lineAmount()} / ${this.#value("quantity") ?? 1}) AS BIGINT)`,
    };
    return { table: "order_lines", columns: filled("order_lines", (name) => this.#value(name) ?? values[name]) };
  }

  /** The goods' value of a line, in minor units; NULL where it is too large to be one. */
  #lineAmount(): string {
    const price = this.#value("unit_price_minor");
    if (price === undefined) return this.#value("line_total_minor")!;
    const amount = `(CAST(${this.#value("quantity") ?? 1} AS HUGEINT) * ${price})`;
    return `(CASE WHEN abs(${amount}) < 1000000000000000 THEN CAST(${amount} AS BIGINT) END)`;
  }

  /** The customers whose contacts stand in their orders. */
  #buyers(): Mapping[] {
    const contact = (name: string) => {
      const value = this.#value(name.replace(/_hmac$/, ""));
      return name.endsWith("_hmac") && value !== undefined ? `arg_min(${value}, raw.line)` : undefined;
    };
    if (!contact("email_hmac") && !contact("phone_hmac")) return [];
    const customer = this.#value("customer_id")!;
    const values: Values = (name) => (name === "customer_id" ? customer : contact(name));
    return [{ table: "customers", groupBy: [customer], columns: filled("customers", values), yields: true }];
  }

  #problems(now: string): Problem[] {
    const { columns, needed } = this.#shape;
    const absent = needed.map((names): Problem => {
      const mapped = names.filter((name) => name in this.#mapping.columns);
      const when = mapped.map((name) => `${this.#value(name)} IS NULL AND ${this.#text(name)} IS NULL`).join(" AND ");
      const isBuyer = names[0] === "customer_id" && this.#isOrder;
      return { reason: isBuyer ? "no_customer" : "missing_required", column: this.#shown(mapped[0]), when };
    });
    const currency = this.#value("currency");
    const strangeCurrency = `NOT coalesce(regexp_full_match(${currency}, '[A-Z]{3}'), false)`;
    const isLine = this.#shape.name === "orders_and_lines";
    const own = Object.keys(this.#mapping.columns).flatMap((name) => this.#problemsOf(name, now));
    return [
      // A missing buyer is told last: of a row with several faults, the one that can be mended counts.
      ...absent.filter(({ reason }) => reason !== "no_customer"),
      ...(this.#needsCurrency
        ? [{ reason: "unknown_currency", column: this.#shown("currency"), when: strangeCurrency }]
        : []),
      ...own,
      ...(isLine ? [{ reason: "impossible_amount", when: `${this.#lineAmount()} IS NULL` }] : []),
      ...absent.filter(({ reason }) => reason === "no_customer"),
      ...(columns["quantity"] && this.#value("quantity") && this.#isOrder
        ? [{ reason: "negative_amount", column: this.#shown("quantity"), when: `${this.#value("quantity")} <= 0` }]
        : []),
    ];
  }

  get #isOrder(): boolean {
    return this.#shape.name.startsWith("orders");
  }

  get #needsCurrency(): boolean {
    return this.#shape.columns["currency"]?.required === true;
  }

  #problemsOf(name: string, now: string): Problem[] {
    const { type, required } = this.#shape.columns[name];
    const [value, column] = [this.#value(name), this.#shown(name)];
    if (type === "text") return [];
    const isDate = type === "timestamp" || type === "date";
    const unreadable = { column, when: `${value} IS NULL AND ${this.#text(name)} IS NOT NULL` };
    const list: Problem[] = [{ reason: isDate ? "unparsable_date" : "unparsable_number", ...unreadable }];
    if (type === "timestamp" && required) list.push({ reason: "future_date", column, when: `${value} > ${now}` });
    if (name === "unit_price_minor") list.push({ reason: "price_not_positive", column, when: `${value} <= 0` });
    else if (isMoney(name)) list.push({ reason: "negative_amount", column, when: `${value} < 0` });
    return list;
  }

  /** The file's column to show beside a problem; none where the value was stated in the mapping. */
  #shown(name: string): string | undefined {
    const source = this.#mapping.columns[name];
    return source === undefined ? undefined : sourceColumns(source)[0];
  }

  #reconciled(): PresetReading["money"] {
    const currency = this.#value("currency")!;
    if (this.#shape.name === "orders") return { minor: orderValues(this.#value)("total_minor")!, currency };
    if (this.#shape.name === "orders_and_lines") return { minor: this.#lineAmount(), currency };
    const amount = Object.keys(this.#mapping.columns).find(
      (name) => isMoney(name) && this.#shape.columns[name].required,
    );
    return amount === undefined || !this.#needsCurrency ? undefined : { minor: this.#value(amount)!, currency };
  }

  #contacts(): PresetReading["contacts"] {
    const kinds = (["email", "phone"] as const).flatMap((kind) => {
      const source = this.#mapping.columns[kind];
      return source === undefined ? [] : sourceColumns(source).map((column) => [column, kind]);
    });
    return Object.fromEntries(kinds);
  }
}

const derivedName = (column: string) => `longrun:${column}`;

/** Every column of a canonical table, NULL where there is no value for it. */
function filled(table: CanonicalTableName, value: Values): Record<string, string> {
  const { columns } = canonicalTables[table] as Table;
  return Object.fromEntries(
    Object.entries(columns).map(([name, { type }]) => [name, value(name) ?? `CAST(NULL AS ${sqlType[type]})`]),
  );
}

/** An order's values, what the file leaves out following from the rest: total = goods − discount + shipping + tax. */
function orderValues(value: Values): Values {
  const sum = (parts: [sign: string, name: string][]) =>
    parts.map(([sign, name]) => (value(name) === undefined ? "" : ` ${sign} coalesce(${value(name)}, 0)`)).join("");
  return (name) => {
    const known = value(name);
    if (known !== undefined) return known;
    if (name === "status") return "'completed'";
    if (name === "items_gross_minor")
      return `(${value("total_minor")}${sum([
        ["+", "discount_minor"],
        ["-", "shipping_minor"],
        ["-", "tax_minor"],
      ])})`;
    if (name === "total_minor")
      return `(${value("items_gross_minor")}${sum([
        ["-", "discount_minor"],
        ["+", "shipping_minor"],
        ["+", "tax_minor"],
      ])})`;
    return undefined;
  };
}
