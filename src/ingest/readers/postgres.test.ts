import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresFingerprint } from "./postgres.ts";
import { postgresAddress } from "./postgres-address.ts";
import { missingPostgres, PostgresServer } from "./postgres-server.test-data.ts";
import { readingRoom } from "./reading.test-data.ts";

describe("a PostgreSQL address", () => {
  it("gives up its password, and quotes the table", () => {
    const address = postgresAddress('postgres://ann:p%40ss@host:5433/shop?table=public.or"ders&sslmode=disable');
    expect(address.password).toBe("p@ss");
    expect(address.url).toBe("postgres://ann@host:5433/shop?table=public.or%22ders&sslmode=disable");
    expect(address.connection).toBe("postgres://ann@host:5433/shop?sslmode=disable");
    expect(address.relation).toBe('(SELECT * FROM "public"."or""ders")');
    expect(address.name).toBe('shop.public.or"ders');
    expect(postgresAddress("postgres://h/d?table=t&password=secret")).toMatchObject({
      password: "secret",
      url: "postgres://h/d?table=t",
    });
  });

  it("takes a query without its semicolon, also one that ends in a comment", () => {
    const { relation, name } = postgresAddress(`postgres://h/d?query=${encodeURIComponent("SELECT 1 -- one;")}`);
    expect([relation, name]).toEqual(["(SELECT 1 -- one\n)", "d.query"]);
  });

  it.each([
    "postgres://h/d",
    "postgres://h/d?table=a&query=b",
    "postgres://h?table=a",
    "postgres://ann:secret@ho st/d?table=a",
  ])("refuses %s without showing a password", (source) => {
    expect(() => postgresAddress(source)).toThrow(expect.objectContaining({ code: "postgres_address" }));
    try {
      postgresAddress(source);
    } catch (error) {
      expect(String(error)).not.toContain("secret");
    }
  });
});

describe.skipIf(missingPostgres !== undefined)(
  `a PostgreSQL server${missingPostgres ? ` (skipped: ${missingPostgres})` : ""}`,
  () => {
    const { read, engine } = readingRoom();
    let server: PostgresServer;
    beforeAll(async () => {
      server = await PostgresServer.start();
      server.sql(`CREATE TABLE orders (id bigint, total numeric(12, 2), rate float8, paid boolean, at timestamptz, day date, tags text[], detail jsonb, word json, note text, raw bytea);
      INSERT INTO orders VALUES (9007199254740993, 12.50, 0.1, true, '2024-02-13 10:00:00+08', '2024-02-13', '{a,"b c"}', '{"a": [1, "x"]}', '"plain"', E'say "hi",\nthen', '\\x00ff'),
        (2, NULL, 'NaN', false, NULL, NULL, NULL, NULL, NULL, '', NULL);
      CREATE TABLE nothing (id int); CREATE TABLE "no columns" ();
      CREATE TABLE many AS SELECT i, 'row ' || i AS t FROM generate_series(1, 12345) AS i; CREATE USER stranger PASSWORD 'secret';`);
    });
    afterAll(() => server.stop());
    const open = (rest: string, password = "secret") =>
      read(server.url(rest, { password }), { password: async () => password });

    it("reads every type as text: exact numbers, instants in UTC, arrays and JSON as JSON, JSON texts plain", async () => {
      const { format, rows, records, lines } = await open("table=orders");
      expect([format, records, lines]).toEqual(["postgres", 2, [1, 2]]);
      expect(rows.find(({ id }) => id !== "2")).toEqual({
        id: "9007199254740993",
        total: "12.50",
        rate: "0.1",
        paid: "true",
        at: "2024-02-13 02:00:00+00",
        day: "2024-02-13",
        tags: '["a","b c"]',
        detail: '{"a": [1, "x"]}',
        word: "plain",
        note: 'say "hi",\nthen',
        raw: "\\x00ff",
      });
      expect(rows.find(({ id }) => id === "2")).toMatchObject({ total: null, rate: "NaN", tags: null, note: null });
    });

    it("reads more rows than one fetch brings, the same however the server keeps them", async () => {
      const first = await open("table=public.many");
      expect([first.records, first.rows.length]).toEqual([12_345, 12_345]);
      server.sql("CREATE TABLE shuffled AS SELECT * FROM many ORDER BY md5(t)");
      expect((await open("table=shuffled")).rows).toEqual(first.rows);
    });

    it("reads a query, with names that repeat", async () => {
      const query = encodeURIComponent("SELECT id, id, count(*) OVER () AS n FROM orders WHERE id = 2;");
      const { header, rows } = await open(`query=${query}`);
      expect([header, rows]).toEqual([["id", "id#2", "n"], [{ id: "2", "id#2": "2", n: "1" }]]);
    });

    it("changes nothing on the server", async () => {
      await expect(open(`query=${encodeURIComponent("SELECT setval('s', 1)")}`)).rejects.toMatchObject({
        code: "postgres_query",
      });
      server.sql("CREATE SEQUENCE s");
      await expect(open(`query=${encodeURIComponent("SELECT nextval('s')")}`)).rejects.toMatchObject({
        code: "postgres_query",
        details: { problem: expect.stringContaining("read-only") },
      });
    });

    it("has a fingerprint of the rows, not of their order", async () => {
      const door = { password: async () => "secret" };
      const of = (table: string) => postgresFingerprint(server.url(`table=${table}`), door);
      server.sql(
        "CREATE TABLE again AS SELECT * FROM many ORDER BY t; CREATE TABLE other AS SELECT * FROM many; UPDATE other SET t = 'x' WHERE i = 7",
      );
      const fingerprint = await of("many");
      expect([await of("again"), (await of("other")) === fingerprint]).toEqual([fingerprint, false]);
    });

    it.each([
      ["a table that is not there", "table=nowhere", "postgres_query", "secret"],
      ["a query that is none", "query=SELEC", "postgres_query", "secret"],
      ["a wrong password", "table=orders", "postgres_password", "wrong"],
      ["no password", "table=orders", "postgres_password", ""],
      ["an empty table", "table=nothing", "header_only", "secret"],
      ["a table without columns", "table=no%20columns", "no_columns", "secret"],
    ])("refuses %s", async (_, rest, code, password) => {
      await expect(open(rest, password)).rejects.toMatchObject({ code });
    });

    it("refuses a table that the user may not read", async () => {
      const url = server.url("table=orders").replace("shop:secret@", "stranger:secret@");
      await expect(read(url, { password: async () => "secret" })).rejects.toMatchObject({ code: "postgres_query" });
    });

    it("a server that goes away in the middle is one clear error, and nothing is kept", async () => {
      await engine().statement("CREATE OR REPLACE TEMP TABLE raw AS SELECT 'before' AS here, 1 AS line");
      const query = encodeURIComponent("SELECT i, repeat('x', 200) AS t FROM generate_series(1, 1500000) AS i");
      const loading = open(`query=${query}`);
      // Once rows are on their way: the cursor's statement is what the server is running or ran last.
      const fetching = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'longrun' AND query LIKE 'FETCH%'";
      const stopped = (async () => {
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          try {
            server.sql(`DO $$ BEGIN IF NOT EXISTS (${fetching}) THEN RAISE 'not yet'; END IF; END $$`);
          } catch {
            continue;
          }
          server.stop();
          return;
        }
      })();
      await expect(loading).rejects.toMatchObject({ kind: "engine", code: "postgres_lost" });
      await stopped;
      expect(await engine().rows("SELECT here FROM raw")).toEqual([{ here: "before" }]);
      await expect(open("table=orders")).rejects.toMatchObject({ code: "postgres_lost" });
      server.restart();
    });
  },
);
