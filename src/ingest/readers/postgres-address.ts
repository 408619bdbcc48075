import { InputError } from "../../base/errors.ts";

/** A table or a query of a PostgreSQL database, as a URL names it. */
export interface PostgresAddress {
  /** The URL without its password: what is stored and shown. */
  readonly url: string;
  readonly password?: string;
  /** For the client: the URL without password, table and query. */
  readonly connection: string;
  /** What stands after FROM: a table's quoted name or a query in brackets. */
  readonly relation: string;
  /** For reports: database and table. */
  readonly name: string;
}

export function isPostgresUrl(source: string): boolean {
  return /^postgres(ql)?:\/\//i.test(source);
}

/** Reads `postgres://user@host/database?table=orders` or `…?query=SELECT …`. Throws InputError "postgres_address". */
export function postgresAddress(source: string): PostgresAddress {
  let url: URL;
  try {
    url = new URL(source);
  } catch (cause) {
    // Not shown as it is: it may hold a password.
    throw new InputError("postgres_address", { url: "postgres://…" }, { cause });
  }
  const password = decodeURIComponent(url.password) || (url.searchParams.get("password") ?? undefined);
  url.password = "";
  url.searchParams.delete("password");
  const stored = String(url);
  const table = url.searchParams.get("table");
  const query = url.searchParams.get("query");
  const database = decodeURIComponent(url.pathname.slice(1));
  if ((table === null) === (query === null) || database === "")
    throw new InputError("postgres_address", { url: stored });
  url.searchParams.delete("table");
  url.searchParams.delete("query");
  const relation =
    table === null ? `(${String(query).replace(/;\s*$/, "")}\n)` : `(SELECT * FROM ${quotedTable(table)})`;
  return { url: stored, password, connection: String(url), relation, name: `${database}.${table ?? "query"}` };
}

/** `schema.table` or `table`. */
function quotedTable(table: string): string {
  return table
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");
}
