import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingPostgres, PostgresServer } from "../src/ingest/readers/postgres-server.test-data.ts";
import { rowOf, workbookOf } from "../src/ingest/readers/xlsx.test-data.ts";

const command = join(import.meta.dirname, "../bin/longrun.js");
const fresh = () => mkdtempSync(join(tmpdir(), "longrun-sources-"));
const columns = ["order_id", "customer_id", "ordered_at", "status", "currency", "items_gross_minor", "total_minor"];
const orders = Array.from({ length: 30 }, (_, at) => [
  `o${at}`,
  `c${at % 7}`,
  "2023-03-01",
  "paid",
  "USD",
  1000 + at,
  900 + at,
]);

function longrun(given: readonly string[], environment: Record<string, string> = {}) {
  const { PGPASSWORD: _, ...rest } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...given, "--quiet"], {
    encoding: "utf8",
    env: { ...rest, ...environment },
  });
  return { status, stdout, stderr };
}

const importInto = (folder: string, source: string, environment?: Record<string, string>) =>
  longrun(["import", source, "--project", folder, "--json"], environment);
const sourceReport = (stdout: string) => JSON.parse(stdout).files[0];

/** Every byte of the project, to search in. */
function everything(folder: string): string {
  const names = (readdirSync(folder, { recursive: true }) as string[]).map((name) => join(folder, name));
  return names.flatMap((name) => (statSync(name).isFile() ? [readFileSync(name).toString("latin1")] : [])).join("\n");
}

describe("one shop in every format", () => {
  const records = orders.map((values) => Object.fromEntries(columns.map((name, at) => [name, values[at]])));
  const formats: [string, string | Uint8Array][] = [
    ["orders.csv", [columns.join(";"), ...orders.map((values) => values.join(";"))].join("\r\n")],
    ["orders.ndjson", records.map((record) => JSON.stringify(record)).join("\n")],
    ["orders.json", JSON.stringify(records, null, 2)],
    [
      "orders.xlsx",
      workbookOf([{ name: "Orders", rows: [columns, ...orders].map((row, at) => rowOf(at + 1, row)).join("") }]),
    ],
  ];

  it("is imported whole from each", () => {
    const folder = fresh();
    const paths = formats.map(([name, content]) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    });
    const { status, stdout, stderr } = longrun(["import", ...paths, "--project", folder, "--json"]);
    expect([status, stderr]).toEqual([0, ""]);
    const { files } = JSON.parse(stdout);
    expect(files.map(({ format }: { format: string }) => format)).toEqual(["delimited", "json-lines", "json", "xlsx"]);
    for (const file of files)
      expect(file).toMatchObject({
        rows: 30,
        kept: 30,
        setAside: 0,
        money: { USD: { source: 274.35, kept: 274.35, setAside: 0 } },
      });
  });

  it("says which sheets of a workbook it did not read", () => {
    const folder = fresh();
    const rows = [columns, ...orders].map((row, at) => rowOf(at + 1, row)).join("");
    writeFileSync(
      join(folder, "a.xlsx"),
      workbookOf([
        { name: "2023", rows },
        { name: "2024", rows },
      ]),
    );
    const { stdout } = longrun(["import", join(folder, "a.xlsx"), "--project", folder]);
    expect(stdout).toContain("2024");
    expect(stdout).not.toContain("2023");
  });
});

describe.skipIf(missingPostgres !== undefined)(
  `PostgreSQL${missingPostgres ? ` (skipped: ${missingPostgres})` : ""}`,
  () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await PostgresServer.start();
      const values = orders.map((row) => `(${row.map((value) => `'${value}'`).join(", ")})`).join(", ");
      server.sql(
        `CREATE TABLE orders (${columns.map((name, at) => `${name} ${at < 5 ? "text" : "bigint"}`).join(", ")}); INSERT INTO orders VALUES ${values}`,
      );
    });
    afterAll(() => server.stop());

    it("imports a table, and keeps its password nowhere, whether it stood in the URL or in PGPASSWORD", () => {
      for (const inUrl of [true, false]) {
        const folder = fresh();
        const url = server.url("table=orders", { password: inUrl ? "secret" : "" });
        const { status, stdout, stderr } = importInto(folder, url, inUrl ? {} : { PGPASSWORD: "secret" });
        expect([status, stderr]).toEqual([0, ""]);
        expect(sourceReport(stdout)).toMatchObject({ file: "shop.orders", format: "postgres", rows: 30, kept: 30 });
        const sources = JSON.parse(readFileSync(join(folder, ".longrun/sources.json"), "utf8"));
        expect(sources).toMatchObject([{ path: server.url("table=orders", { password: "" }) }]);
        expect(everything(folder)).not.toContain("secret");
      }
    });

    it("imports an unchanged table again without reading it, a changed one anew, as one source", () => {
      const folder = fresh();
      const again = (password: string) => importInto(folder, server.url("table=orders", { password }));
      expect(again("secret").status).toBe(0);
      const manifest = () => readFileSync(join(folder, ".longrun/stages/ingest/manifest.json"), "utf8");
      const [before, written] = [manifest(), statSync(join(folder, ".longrun/stages/ingest/manifest.json")).mtimeMs];
      expect(again("secret").status).toBe(0);
      expect(statSync(join(folder, ".longrun/stages/ingest/manifest.json")).mtimeMs).toBe(written);
      server.sql("UPDATE orders SET total_minor = total_minor + 1 WHERE order_id = 'o3'");
      const { stdout } = again("secret");
      expect(JSON.parse(readFileSync(join(folder, ".longrun/sources.json"), "utf8"))).toHaveLength(1);
      expect(sourceReport(stdout).money.USD.kept).toBe(274.36);
      expect(manifest()).not.toBe(before);
    });

    it("says in one sentence that there is no password, and leaves the project as it was", () => {
      const folder = fresh();
      const { status, stderr } = longrun(["import", server.url("table=orders", { password: "" }), "--project", folder]);
      expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
      expect(stderr).toContain("PGPASSWORD");
      expect(readdirSync(folder)).toEqual([]);
    });
  },
);
