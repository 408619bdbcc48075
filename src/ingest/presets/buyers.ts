import type { Fields } from "../fields.ts";
import type { Mapping, PresetReading } from "../preset.ts";

/**
 * Customers of an export of orders, by their own id where the store gives one (SQL), else by the keyed hash of the e-mail
 * address, else of the telephone number. The columns are in the order in which they count. A customer file, wherever it
 * is read, knows more: these rows yield to it.
 */
export function buyers(
  fields: Fields,
  columns: {
    readonly id?: string;
    readonly email?: readonly string[];
    readonly phone?: readonly string[];
    /** E-mail address or telephone number, whichever it is. */
    readonly account?: readonly string[];
  },
): { customerId: string; mappings: Mapping[]; contacts: PresetReading["contacts"] } {
  const firstOf = (names: readonly string[] = []) => {
    const present = names.filter((name) => fields.named(name) !== undefined);
    return present.length === 0
      ? "CAST(NULL AS VARCHAR)"
      : `coalesce(${present.map((name) => fields.text(name)).join(", ")})`;
  };
  const [email, phone, account] = [firstOf(columns.email), firstOf(columns.phone), firstOf(columns.account)];
  const ids = [columns.id ?? "NULL", email, phone, account].join(", ");
  const customerId = fields.keep("customer", `coalesce(${ids})`);
  const contacts = (["email", "phone", "account"] as const).flatMap((kind) =>
    (columns[kind] ?? []).filter((name) => fields.named(name) !== undefined).map((name) => [name, kind] as const),
  );
  const known = (value: string) => `arg_min(${value}, raw.line)`;
  return {
    customerId,
    contacts: Object.fromEntries(contacts),
    mappings: [
      {
        table: "customers",
        yields: true,
        where: `${customerId} IS NOT NULL`,
        groupBy: [customerId],
        columns: { customer_id: customerId, email_hmac: known(email), phone_hmac: known(phone) },
      },
    ],
  };
}
