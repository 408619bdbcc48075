import { createHmac } from "node:crypto";
import { join } from "node:path";
import { quote } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import { trim } from "../engine/sql/functions.ts";
import { from, namedTable } from "../engine/sql/query.ts";

/** An "account" is named by an e-mail address or by a telephone number. */
export type ContactKind = "email" | "phone" | "account";

/**
 * The keyed hash of an e-mail address or a telephone number, the same however it is written. Blank where there is none to
 * hash: a masked number (`138****5678`) is many people's, and so is a dash.
 */
function contactHash(contact: string, kind: ContactKind, key: Buffer): string {
  if (contact.includes("*")) return "";
  const isEmail = kind === "email" || (kind === "account" && contact.includes("@"));
  const normal = isEmail ? contact.trim().toLowerCase() : contact.replace(/\D/g, "");
  const isOne = isEmail ? normal.includes("@") : normal.length >= 5;
  return isOne ? createHmac("sha256", key).update(normal).digest("hex") : "";
}

/** Contacts in columns of `raw` become keyed hashes before anything else sees them; `directory` is for files on the way. */
export async function hashContacts(
  engine: DuckdbEngine,
  contacts: Readonly<Record<string, ContactKind>>,
  key: Buffer,
  directory: string,
): Promise<void> {
  for (const [name, kind] of Object.entries(contacts)) {
    const raw = namedTable("raw", { [name]: "text" as const });
    const contact = raw.columns[name];
    const found = await engine.collect(from(raw).where(trim(contact).differs("")).select({ contact }).distinct());
    const values = found.texts.contact as string[];
    const columns = [
      { name: "contact", type: "text" as const, values },
      { name: "hash", type: "text" as const, values: values.map((value) => contactHash(value, kind, key)) },
    ];
    const { path } = await engine.writeColumns(columns, join(directory, "contact-hashes.parquet"));
    await engine.statement(
      `UPDATE raw SET ${quote(name)} = hashed.hash FROM read_parquet(${textLiteral(path)}) AS hashed WHERE raw.${quote(name)} = hashed.contact`,
    );
  }
}
