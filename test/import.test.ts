import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { hashOfFile } from "../src/runs/store.ts";
import { runInProcess, smallNetworks } from "./command-line.ts";

const command = join(import.meta.dirname, "../bin/longrun.js");

/** An empty folder with the files named, and a project in `shop` below it. */
function place(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = mkdtempSync(join(tmpdir(), "longrun-import-test-"));
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  const longrun = (...given: string[]) => {
    process.chdir(folder);
    return runInProcess([...given, "--project", "shop", "--quiet"]);
  };
  const imported = async (...given: string[]) => {
    const result = await longrun("import", ...given, "--json");
    expect([result.stderr, result.status]).toEqual(["", 0]);
    return JSON.parse(result.stdout);
  };
  const text = (name: string) => readFileSync(join(folder, name), "utf8");
  return { folder, write, longrun, imported, text, contents: () => contentsOf(folder) };
}

/** Every file below a folder with the hash of its bytes, every folder with none. */
function contentsOf(folder: string): Record<string, string> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).sort();
  return Object.fromEntries(
    names.map((name) => [name, statSync(join(folder, name)).isFile() ? hashOfFile(join(folder, name)) : ""]),
  );
}

const header = "order_id,customer_id,ordered_at,status,currency,items_gross_minor,total_minor";
const order = (id: string, minor = 1000) => `${id},c1,2023-01-01,paid,USD,${minor},${minor}`;
const canonical = (...orders: string[]) => [header, ...orders, ""].join("\n");
const shopExport =
  "Order No;Customer;Order date;Amount\n1001;ann;13/01/2024 10:00;£19.99\n1002;bob;14/01/2024;£1,204.50\n1003;;15/01/2024;£7.00\n";

describe("a table that no preset knows", () => {
  it("is read by a proposed mapping, saved beside it and used again as it was corrected", async () => {
    const { longrun, imported, text, write } = place({ "shop.csv": shopExport });
    const first = await longrun("import", "shop.csv");
    expect([first.status, first.stdout.includes("shop.mapping.yaml")]).toEqual([0, true]);
    const mapping = text("shop.mapping.yaml");
    for (const setting of [
      "table: orders ",
      "currency: GBP ",
      "time_zone: UTC ",
      "date_order: DMY ",
      "decimal_separator: ",
      "customer_id: Customer",
    ])
      expect(mapping).toContain(setting);
    expect((await imported("shop.csv")).files[0]).toMatchObject({
      status: "unchanged",
      money: { GBP: { source: 1231.49, kept: 1224.49, setAside: 7 } },
    });
    write("shop.mapping.yaml", mapping.replace("currency: GBP", "currency: EUR"));
    expect((await imported("shop.csv")).files[0]).toMatchObject({
      status: "replaced",
      money: { EUR: { source: 1231.49 } },
    });
  });

  it("is read by the mapping named, whatever lies beside it, and says which column a mapping names in vain", async () => {
    const { longrun, imported, write, text } = place({
      "a/shop.csv": shopExport,
      "b.csv": shopExport.replace("1001", "2001"),
    });
    await imported("a/shop.csv");
    write("own.yaml", text("a/shop.mapping.yaml").replace("currency: GBP", "currency: CHF"));
    expect((await imported("b.csv", "--mapping", "own.yaml")).files[0].money).toEqual({
      CHF: { source: 1231.49, kept: 1224.49, setAside: 7 },
    });
    write("own.yaml", text("own.yaml").replace("customer_id: Customer", "customer_id: Buyer"));
    const { status, stderr } = await longrun("import", "b.csv", "--mapping", "own.yaml");
    expect([status, stderr.includes("Buyer"), stderr.includes("own.yaml")]).toEqual([3, true, true]);
    expect(await longrun("import", "b.csv", "--mapping", "none.yaml")).toMatchObject({ status: 2 });
    expect(await longrun("import", "b.csv", "--mapping", "own.yaml", "--preset", "longrun")).toMatchObject({
      status: 2,
    });
  });

  it("gives orders and their lines from one table, and the chain goes on with them", async () => {
    const rows = Array.from({ length: 300 }, (_, at) => {
      const day = new Date(Date.UTC(2022, 0, 1 + at * 2)).toISOString().slice(0, 10);
      return `R${at},会员${at % 40},${day},茶,2,15.50\nR${at},会员${at % 40},${day},杯,1,30.00`;
    });
    const { imported, folder } = place({
      "订单.csv": `订单编号,会员,下单时间,商品名称,数量,单价\n${rows.join("\n")}\n`,
    });
    const [{ rows: read, kept, money }] = (await imported("订单.csv")).files;
    expect([read, kept, money]).toEqual([600, 600, { USD: { source: 18300, kept: 18300, setAside: 0 } }]);
    writeFileSync(join(folder, "shop/longrun.config.json"), JSON.stringify({ train: smallNetworks }));
    const given = [command, "run", "--project", join(folder, "shop"), "--json", "--quiet"];
    const { status, stdout } = spawnSync(process.execPath, given, { encoding: "utf8" });
    expect([status, JSON.parse(stdout).customers]).toEqual([0, 40]);
  });

  it("is refused while something needed is open, with what is missing and the file to fill in; then goes in", async () => {
    const { longrun, imported, text, write, folder } = place({
      "log.csv": "Customer,Date,Amount\nann,03/04/2024,5.00\nbob,03/04/2024,6.00\n",
    });
    const { status, stderr } = await longrun("import", "log.csv");
    expect([status, stderr.trim().split("\n").length]).toEqual([3, 1]);
    for (const word of ["order_id", "date_order", "log.mapping.yaml"]) expect(stderr).toContain(word);
    expect(existsSync(join(folder, "shop"))).toBe(false);
    const completed = text("log.mapping.yaml")
      .replace(/order_id:.*/, "order_id: { join: [Customer, Date] }")
      .replace(/date_order:.*/, "date_order: DMY");
    write("log.mapping.yaml", completed);
    expect((await imported("log.csv")).files[0]).toMatchObject({ rows: 2, kept: 2, setAside: 0 });
    expect(text("log.mapping.yaml")).toBe(completed);
  });

  it("is not taken for a canonical list of customers because it has a customer_id", async () => {
    const { imported } = place({
      "log.csv": "order_id,customer_id,date,amount\n1,c1,2024-01-03,5.00\n2,c1,2024-01-04,6.00\n",
      "customers.csv": "customer_id,country,loyalty_tier\nc1,GB,gold\n",
      "orders.csv": `${header},note\n${order("o9")},gift\n`,
    });
    const presets = (await imported("log.csv", "customers.csv", "orders.csv")).files;
    expect(presets.map(({ preset }: { preset: string }) => preset)).toEqual(["mapping", "longrun", "longrun"]);
    expect(presets[0].money).toEqual({ USD: { source: 11, kept: 11, setAside: 0 } });
  });

  it("whose proposed mapping sets too much aside is refused with the mapping to correct", async () => {
    const bad = `Order ID,Customer,Date,Amount\n${Array.from({ length: 10 }, (_, at) => `${at},c,2024-01-0${at},5.00`).join("\n")}\n`;
    const { longrun, text, folder } = place({ "bad.csv": bad });
    const { status, stderr } = await longrun("import", "bad.csv");
    expect([status, stderr.includes("2024-01-00"), stderr.includes("bad.mapping.yaml")]).toEqual([3, true, true]);
    expect(text("bad.mapping.yaml")).toContain("ordered_at: Date");
    expect(existsSync(join(folder, "shop"))).toBe(false);
  });

  it("that says nothing is refused in one sentence with what was found and the nearest preset, in both languages", async () => {
    const { longrun, contents } = place({
      "odd.csv": "InvoiceNo,StockCode,Farbe\n1,2,rot\n",
      "hats.csv": `${header.replaceAll(",", "^")}\n${order("o1").replaceAll(",", "^")}\n`,
    });
    const before = contents();
    for (const language of ["en", "zh-CN"]) {
      const odd = await longrun("import", "odd.csv", "--lang", language);
      for (const word of ["Farbe", "uci-retail", "Quantity"]) expect(odd.stderr).toContain(word);
      const hats = await longrun("import", "hats.csv", "--lang", language);
      for (const word of ["order_id^customer_id", "“^”"]) expect(hats.stderr).toContain(word);
      for (const { status, stderr } of [odd, hats]) {
        expect([status, stderr.trim().split("\n").length]).toEqual([3, 1]);
        expect(stderr).not.toMatch(/\{\w+\}/);
      }
    }
    expect(contents()).toEqual(before);
  });
});

describe("longrun import --check", () => {
  it("shows mapping, sample, rejects and totals, in both languages, and changes nothing at all", async () => {
    const { longrun, contents } = place({ "shop.csv": `${shopExport}1004;ann;99/99/2024;£1.00\n` });
    const before = contents();
    const english = (await longrun("import", "shop.csv", "--check")).stdout;
    for (const part of [
      "orders.ordered_at",
      "2024-01-13 10:00:00",
      "£1,232.49",
      "99/99/2024",
      "5     date cannot be read",
      "would be refused",
    ])
      expect(english).toContain(part);
    expect((await longrun("import", "shop.csv", "--check", "--lang", "zh-CN")).stdout).toMatch(
      /日期无法识别[\s\S]*导入会被拒绝/,
    );
    expect(contents()).toEqual(before);
  });

  it("as JSON: five rows as they would be stored, contacts hashed; also inside a project", async () => {
    const rows = Array.from({ length: 9 }, (_, at) => `${at},ann${at}@shop.test,2024-01-0${at + 1},${at}.50`);
    const { longrun, imported, contents } = place({
      "first.csv": canonical(order("o1")),
      "shop.csv": `Order,Email,Date,Total\n${rows.join("\n")}\n`,
    });
    await imported("first.csv");
    const before = contents();
    const { stdout, status } = await longrun("import", "shop.csv", "--check", "--json");
    const [file] = JSON.parse(stdout).files;
    expect([status, file.rows, file.kept, file.money.USD.source]).toEqual([0, 9, 9, 40.5]);
    expect(file.sample[0].rows).toHaveLength(5);
    expect(file.sample[0].rows[0].customer_id).toMatch(/^[0-9a-f]{64}$/);
    expect(file.columns).toContainEqual({ table: "orders", column: "total_minor", from: ["Total"] });
    expect(stdout).not.toContain("@shop.test");
    expect(contents()).toEqual(before);
  });

  it("shows what is open in a proposal", async () => {
    const { longrun, contents } = place({ "log.csv": "Customer,Date,Amount\nann,2024-04-03,5.00\n" });
    const before = contents();
    const { status, stdout } = await longrun("import", "log.csv", "--check");
    expect([status, /\?\s+order_id/.test(stdout), stdout.includes("would be refused")]).toEqual([0, true, true]);
    expect(contents()).toEqual(before);
  });
});

describe("the account of an import", () => {
  it("is one JSON document: lines, rows, reasons, and money in major units to the cent", async () => {
    const { imported } = place({
      "shop/longrun.config.json": '{"ingest":{"maxSetAsideShare":1}}',
      "orders.csv": canonical(
        order("o1", 1999),
        order("o2", 10).replace("2023-01-01", "soon"),
        '"o\n3",c1,2023-01-01,paid,USD,5,5',
      ),
    });
    const { files } = await imported("orders.csv");
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({ file: "orders.csv", preset: "longrun", lines: 4, rows: 3, kept: 2, setAside: 1 });
    expect(files[0].reasons).toEqual({ unparsable_date: 1 });
    expect(files[0].money).toEqual({ USD: { source: 20.14, kept: 20.04, setAside: 0.1 } });
  });

  it("says the same to people, aligned, in both languages", async () => {
    const { longrun } = place({ "shop.csv": shopExport });
    const english = (await longrun("import", "shop.csv")).stdout.split("\n");
    expect([english[0], english[2]]).toEqual([
      "file      as       lines  rows  kept  set aside",
      "shop.csv  mapping      4     3     2          1",
    ]);
    expect(english.find((line) => line.includes("GBP"))).toBe("shop.csv  GBP         £1,231.49  £1,224.49      £7.00");
    expect((await longrun("import", "shop.csv", "--lang", "zh-CN")).stdout).toMatch(
      /shop\.csv {2}未知顾客（游客） {5}1/,
    );
  });
});

describe("folders and patterns", () => {
  it("are walked in order, without hidden files; a pattern takes what it says", async () => {
    const { imported, longrun } = place({
      "exports/b.csv": canonical(order("o1")),
      "exports/a/c.csv.gz": gzipSync(canonical(order("o2"))),
      "exports/a.csv": canonical(order("o3")),
      "exports/.hidden.csv": "no",
      "exports/.git/d.csv": "no",
      "exports/README.md": "no",
      "empty/README.md": "no",
    });
    const names = (document: { files: { file: string }[] }) => document.files.map(({ file }) => file);
    expect(names(await imported("exports/"))).toEqual(["a.csv", "c.csv.gz", "b.csv"]);
    expect(names(await imported("exports/*.csv"))).toEqual(["a.csv", "b.csv"]);
    expect(names(await imported("exports/**/*.gz"))).toEqual(["c.csv.gz"]);
    for (const nothing of ["empty", "exports/*.xml"]) {
      const { status, stderr } = await longrun("import", nothing);
      expect([status, stderr.includes(nothing)]).toEqual([2, true]);
    }
  });
});

describe("loading twice", () => {
  it("changes nothing: again, under another path, gzipped, or both at once", async () => {
    const content = canonical(order("o1"), order("o2"));
    const { imported, contents, folder } = place({
      "orders.csv": content,
      "copy/other.csv": content,
      "orders.csv.gz": gzipSync(content),
    });
    await imported("orders.csv");
    const before = contents();
    for (const again of [["orders.csv"], ["copy/other.csv"], ["orders.csv.gz"], ["orders.csv", "copy"]]) {
      expect((await imported(...again)).files.map(({ status }: { status: string }) => status)).toEqual(
        again.map(() => "unchanged"),
      );
      expect(contents()).toEqual(before);
    }
    rmSync(join(folder, "orders.csv"));
    expect((await imported("copy/other.csv")).files[0]).toMatchObject({ status: "unchanged" });
    expect(JSON.parse(readFileSync(join(folder, "shop/.longrun/sources.json"), "utf8"))).toMatchObject([
      { path: join(folder, "copy/other.csv") },
    ]);
  });

  it("a corrected file replaces its rows; of files that contradict each other the later import counts, and says so", async () => {
    const { imported, write, folder } = place({
      "a.csv": canonical(order("o1"), order("o2"), order("o3")),
      "b.csv": canonical(order("o2", 500), order("o3"), order("o4")),
    });
    const orders = () =>
      JSON.parse(readFileSync(join(folder, "shop/.longrun/stages/ingest/manifest.json"), "utf8")).tables.orders.rows;
    const paths = () =>
      JSON.parse(readFileSync(join(folder, "shop/.longrun/sources.json"), "utf8")).map(({ path }: { path: string }) =>
        path.slice(-5),
      );
    await imported("a.csv");
    const second = await imported("b.csv");
    expect(second.files[0].replaced).toEqual([{ file: "a.csv", table: "orders", rows: 1 }]);
    expect([orders(), paths()]).toEqual([4, ["a.csv", "b.csv"]]);
    expect((await imported("a.csv")).files[0]).toMatchObject({ status: "unchanged", replaced: [] });
    expect(paths()).toEqual(["a.csv", "b.csv"]);
    write("a.csv", canonical(order("o2", 700)));
    expect((await imported("a.csv")).files[0]).toMatchObject({
      status: "replaced",
      rows: 1,
      replaced: [{ file: "b.csv", table: "orders", rows: 1 }],
    });
    expect([orders(), paths()]).toEqual([3, ["b.csv", "a.csv"]]);
  });

  it("says in words which file gave way", async () => {
    const { longrun } = place({ "a.csv": canonical(order("o1")), "b.csv": canonical(order("o1", 5)) });
    expect((await longrun("import", "a.csv", "b.csv")).stdout).toContain("b.csv: replaces 1 rows of a.csv in orders");
    expect((await longrun("import", "a.csv", "b.csv", "--lang", "zh-CN")).status).toBe(0);
  });
});

describe("a failed import", () => {
  const failures: Readonly<Record<string, string | Uint8Array>> = {
    "bad-dates.csv": canonical(order("o1").replace("2023-01-01", "soon")),
    "unknown.csv": "a,b\n1,2\n",
    "empty.csv": "",
    "header.csv": `${header}\n`,
    "binary.csv": Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0),
    "quote.csv": `${header}\n"o1,c1\n`,
    "broken.csv.gz": gzipSync(canonical(order("o1"))).subarray(0, 60),
    "wrong.mapping.yaml": "table: [",
    "wrong.csv": shopExport,
  };
  const files = Object.keys(failures).filter((name) => !name.endsWith(".yaml"));

  it("creates no project, and leaves nothing else either", async () => {
    const { longrun, contents } = place({ ...failures, "good.csv": canonical(order("o1")) });
    const before = contents();
    for (const file of [...files, "missing.csv"]) {
      expect([file, [2, 3].includes((await longrun("import", "good.csv", file)).status!)]).toEqual([file, true]);
      expect(contents()).toEqual(before);
    }
    expect((await longrun("import", "good.csv", "--preset", "none")).status).toBe(2);
    expect(contents()).toEqual(before);
  });

  it("leaves the project as it was, byte for byte, also one that has imported nothing yet", async () => {
    const { longrun, imported, contents } = place({
      ...failures,
      "good.csv": canonical(order("o1")),
      "more.csv": canonical(order("o2")),
    });
    for (const prepare of [() => longrun("init", "--yes"), () => imported("good.csv")]) {
      await prepare();
      const before = contents();
      for (const file of files) {
        expect([file, [2, 3].includes((await longrun("import", "more.csv", file)).status!)]).toEqual([file, true]);
        expect([file, contents()]).toEqual([file, before]);
      }
    }
  });
});

describe("docs/mapping.md", () => {
  it("has an example that works as it says", async () => {
    const page = readFileSync(join(import.meta.dirname, "../docs/mapping.md"), "utf8");
    const [table, mapping] = [...page.matchAll(/```(?:csv|yaml)\n([\s\S]*?)```/g)].map(([, block]) => block);
    const { imported, folder } = place({ "till.csv": table, "till.mapping.yaml": mapping });
    const [file] = (await imported("till.csv")).files;
    expect(file).toMatchObject({ rows: 4, kept: 3, setAside: 1, reasons: { no_customer: 1 } });
    expect(page).toContain(
      `${file.money.EUR.source.toFixed(2)} = ${file.money.EUR.kept.toFixed(2)} + ${file.money.EUR.setAside.toFixed(2)}`,
    );
    cpSync(join(folder, "till.csv"), join(folder, "again.csv"));
    expect((await imported("again.csv", "--mapping", "till.mapping.yaml")).files[0].status).toBe("unchanged");
  });
});
