import { Client, DatabaseError } from "pg";
import { EngineError, InputError, LongrunError } from "../../base/errors.ts";
import type { PostgresAddress } from "./postgres-address.ts";

/** Gives the password of a server that asks for one. */
export type PasswordDoor = (url: string) => Promise<string | undefined>;

/** One read-only transaction that sees the database as it is at one moment. */
export interface PostgresSession {
  /** Runs one statement; values come as PostgreSQL's own text. Throws as `inSnapshot` does. */
  rows(sql: string, values?: readonly unknown[]): Promise<(string | null)[][]>;
  /** Names and type numbers of a query's columns. */
  columns(sql: string): Promise<{ name: string; type: number }[]>;
}

/**
 * Works inside one REPEATABLE READ, READ ONLY transaction. Throws EngineError "postgres_lost" for a server that cannot be reached or
 * goes away, InputError "postgres_password" where it lets nobody in and "postgres_query" where it refuses what is asked for.
 */
export async function inSnapshot<T>(
  address: PostgresAddress,
  { password, signal }: { password?: PasswordDoor; signal?: AbortSignal },
  work: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString: address.connection,
    application_name: "longrun",
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
    types: { getTypeParser: () => (value: string) => value },
  });
  // A connection string overrides a password given beside it.
  if (password) Object.assign(client, { password: async () => (await password(address.url)) ?? "" });
  // A connection that breaks between two statements; the next one fails and tells.
  client.on("error", () => {});
  const stop = () => void client.end();
  signal?.addEventListener("abort", stop);
  try {
    await client.connect();
    await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    // Values as every server and every locale writes them.
    for (const setting of [
      "datestyle = 'ISO, YMD'",
      "timezone = 'UTC'",
      "intervalstyle = 'iso_8601'",
      "extra_float_digits = 3",
    ])
      await client.query(`SET LOCAL ${setting}`);
    return await work({
      rows: async (text, values) =>
        (await client.query({ text, values: values as unknown[], rowMode: "array" })).rows as (string | null)[][],
      columns: async (text) =>
        (await client.query({ text, rowMode: "array" })).fields.map(({ name, dataTypeID }) => ({
          name,
          type: dataTypeID,
        })),
    });
  } catch (error) {
    throw signal?.aborted ? new EngineError("interrupted", {}, { cause: error }) : asOurs(address.url, error);
  } finally {
    signal?.removeEventListener("abort", stop);
    await client.end().catch(() => {});
  }
}

/** PostgreSQL's error classes: 28 lets nobody in; 08, 53, 57, 58 and XX are the server's own troubles; the others are the question's. */
function asOurs(url: string, error: unknown): unknown {
  if (error instanceof LongrunError) return error;
  // A connection refused at several addresses has a code and no words.
  const problem = (error as Error).message || String((error as NodeJS.ErrnoException).code);
  const code = error instanceof DatabaseError ? (error.code ?? "XX") : "";
  if (code.startsWith("28") || /password must be a/.test(problem))
    return new InputError("postgres_password", { url, problem }, { cause: error });
  if (code === "" || /^(08|53|57|58|XX)/.test(code))
    return new EngineError("postgres_lost", { url, problem }, { cause: error });
  return new InputError("postgres_query", { url, problem }, { cause: error });
}
