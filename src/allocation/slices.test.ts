import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import { parseLimit, parseRule } from "./limit-text.ts";
import { type AllocationFile, readWhole, slicesOf, writeCells } from "./slices.ts";
import { openAllocationTable } from "./table.ts";

const customers = 1500;
const folder = mkdtempSync(join(tmpdir(), "longrun-slices-"));
const path = join(folder, "values.csv");

/** What the file says of every customer's actions; rows stand in any order, and some pairs are absent. */
const said = new Map<string, readonly [short: number, long: number, cost: number]>();

describe("a table read slice by slice", () => {
  let engine: DuckdbEngine;
  beforeAll(async () => {
    engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
    const random = createRandom("slices");
    const rows: string[] = [];
    for (let customer = 0; customer < customers; customer++) {
      for (const action of ["mail", "ad", "nothing"]) {
        if (action !== "nothing" && random.uniform() < 0.2) continue;
        const numbers = action === "nothing" ? ([0, 0, 0] as const) : ([random.normal(), random.normal(), 1] as const);
        said.set(`c${customer},${action}`, numbers);
        rows.push(`c${customer},${action},${numbers.join(",")},${customer % 3 === 0 ? "vip" : "new"}`);
      }
    }
    const shuffled = rows.map((row) => ({ row, at: random.uniform() })).sort((a, b) => a.at - b.at);
    writeFileSync(path, ["customer_id,action,short,long,cost,segment", ...shuffled.map(({ row }) => row)].join("\n"));
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has every customer once, in order, with the amounts of the file, whatever the slices' size", async () => {
    const table = await openAllocationTable(engine, path, {
      limits: [parseLimit("vip=cost[segment=vip]-0.5*contacts<=10")],
      forbid: [parseRule("ad[segment=new]")],
      force: [],
      caution: 0,
    });
    expect([table.actions, table.customers]).toEqual([["nothing", "ad", "mail"], customers]);
    const cells = await writeCells(engine, table);
    const whole = await readWhole(engine, cells);
    const ids = Array.from({ length: customers }, (_, customer) => `c${customer}`).sort();
    for (const size of [1, 400, customers]) {
      const slices: AllocationFile[] = [];
      for await (const slice of slicesOf(engine, cells, { size, withIds: true })) slices.push(slice);
      expect(slices.length).toBeGreaterThan(size === customers ? 0 : 1);
      expect(slices.flatMap(({ problem }) => problem.customerIds)).toEqual(ids);
      const joined = (of: (slice: AllocationFile) => ArrayLike<number>) =>
        slices.flatMap((slice) => Array.from(of(slice)));
      for (const of of [
        ({ problem }: AllocationFile) => problem.short,
        ({ problem }: AllocationFile) => problem.long,
        ({ problem }: AllocationFile) => problem.eligible as Uint8Array,
        ({ limits }: AllocationFile) => limits[0].weight,
        ({ rules }: AllocationFile) => rules[0].forbids,
      ])
        expect(joined(of)).toEqual(Array.from(of(whole)));
    }
    const expected = ids.flatMap((id) =>
      table.actions.map((action) => {
        const numbers = said.get(`${id},${action}`);
        const isVip = Number(id.slice(1)) % 3 === 0;
        const cost = numbers?.[2] ?? 0;
        return {
          amounts: numbers ?? [0, 0, 0],
          eligible: Number(numbers !== undefined),
          weight: (isVip ? cost : 0) - 0.5 * Number(action !== "nothing"),
        };
      }),
    );
    const { problem, limits } = whole;
    expect(Array.from(problem.eligible ?? [])).toEqual(expected.map(({ eligible }) => eligible));
    expect(Array.from(problem.short)).toEqual(expected.map(({ amounts }) => amounts[0]));
    expect(Array.from(problem.long)).toEqual(expected.map(({ amounts }) => amounts[1]));
    expected.forEach(({ eligible, weight }, at) => {
      if (eligible === 1) expect(limits[0].weight[at]).toBe(weight);
    });
  });
});
