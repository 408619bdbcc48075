import { type Column, type Columns, optional, type Table } from "../../schema/columns.ts";
import { canonicalTables, orderLines, orders } from "../../schema/tables.ts";

/** What one row of a foreign table can be, and the canonical columns it can fill. */
export interface Shape {
  readonly name: string;
  readonly columns: Columns;
  /** Of each of these at least one must be mapped. */
  readonly needed: readonly (readonly string[])[];
  /** Columns that tell one row from the next. */
  readonly key: readonly string[];
}

const contacts = { email: optional("text"), phone: optional("text") };

/** `status` and the goods' value follow from other columns where a shop's table has none of its own. */
const orderColumns: Columns = { ...orders.columns, ...contacts, status: optional("text") };

/** One row an order; its goods' value is stated or follows from the total. */
const oneRowAnOrder: Shape = {
  name: "orders",
  columns: { ...orderColumns, items_gross_minor: optional("integer") },
  needed: [["order_id"], ["customer_id"], ["ordered_at"], ["items_gross_minor", "total_minor"]],
  key: ["order_id"],
};

const { items_gross_minor: _, ...orderColumnsOfLines } = orderColumns;

/** One row a line of an order, with the order's own columns repeated: gives orders and their lines. */
const oneRowALine: Shape = {
  name: "orders_and_lines",
  columns: {
    ...orderColumnsOfLines,
    ...orderLines.columns,
    line_no: optional("integer"),
    quantity: optional("integer"),
    unit_price_minor: optional("integer"),
    line_total_minor: optional("integer"),
  },
  needed: [["order_id"], ["customer_id"], ["ordered_at"], ["unit_price_minor", "line_total_minor"]],
  key: ["order_id", "product_id"],
};

/** What some presets' rows find elsewhere or do without, a mapped table must have itself. */
const ownAsWell: Readonly<Record<string, readonly string[]>> = { events: ["customer_id"], refunds: ["refunded_at"] };

function canonicalShape({ name, columns, key }: Table): Shape {
  // Contacts are given in the clear and kept as hashes; the currency may be stated for the whole file.
  const { email_hmac, phone_hmac, ...own } = columns as Record<string, Column>;
  const withContacts = email_hmac || phone_hmac ? { ...own, ...contacts } : own;
  const needed = Object.keys(own).filter(
    (column) => column !== "currency" && (own[column].required || ownAsWell[name]?.includes(column)),
  );
  return { name, columns: withContacts, needed: needed.map((column) => [column]), key };
}

export const shapes: readonly Shape[] = [
  oneRowAnOrder,
  oneRowALine,
  ...Object.values(canonicalTables as Record<string, Table>)
    .filter(({ name }) => name !== "orders")
    .map(canonicalShape),
];

/** The names a mapping can give for `table`. */
export const shapeNames: readonly string[] = shapes.map(({ name }) => name);

export function shapeOf(name: string): Shape | undefined {
  return shapes.find((shape) => shape.name === name);
}

/** Whether a column's values are amounts of money. */
export const isMoney = (column: string) => column.endsWith("_minor");
