import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../base/errors.ts";
import { optimalPlan } from "./allocation.ts";
import { type Part, scaled } from "./part.ts";
import { type AllocationProblem, budgetLimit, type Limit } from "./problem.ts";
import { settle } from "./settlement.ts";
import { shop } from "./shop.test-data.ts";
import { type PartSource, type StreamedPlan, streamedPlan } from "./streamed-plan.ts";

const width = 4;

/** The customers from one to another. */
function between(whole: Part, from: number, to: number): Part {
  const rows = <T extends Float64Array | Uint8Array>(matrix: ArrayLike<number>) =>
    (matrix as T).slice(from * width, to * width) as T;
  const { problem, means, limits } = whole;
  return {
    problem: {
      ...problem,
      customerIds: problem.customerIds.slice(from, to),
      short: rows<Float64Array>(problem.short),
      long: rows<Float64Array>(problem.long),
      cost: rows<Float64Array>(problem.cost),
      eligible: problem.eligible && rows<Uint8Array>(problem.eligible),
    },
    means: { short: rows<Float64Array>(means.short), long: rows<Float64Array>(means.long) },
    limits: limits.map((limit) => ({ ...limit, weight: rows<Float64Array>(limit.weight) })),
  };
}

/** Parts of so many customers, and a sample of the first ones. */
function sourceOf(whole: Part, partCustomers: number, sampleCustomers: number): PartSource {
  const customers = whole.problem.customerIds.length;
  return {
    sample: scaled(between(whole, 0, sampleCustomers), customers / sampleCustomers),
    async *parts() {
      for (let from = 0; from < customers; from += partCustomers)
        yield between(whole, from, Math.min(customers, from + partCustomers));
    },
  };
}

const partOf = (problem: AllocationProblem, limits: readonly Limit[]): Part => ({ problem, means: problem, limits });
const everybody = { mostOpen: Number.POSITIVE_INFINITY };

/** What everybody gets, as a pass over the parts writes it. */
async function choicesOf({ parts }: PartSource, balance: number, { box, openChoice }: StreamedPlan): Promise<number[]> {
  const all: number[] = [];
  let next = 0;
  for await (const part of parts()) {
    const { choice, isOpen } = settle(part, balance, box);
    choice.forEach((own, customer) => {
      all.push(isOpen[customer] === 1 ? openChoice[next++] : own);
    });
  }
  expect(next).toBe(openChoice.length);
  return all;
}

/** Budget, contacts, a cap on one action and a floor on value later. */
function fourLimits(problem: AllocationProblem, tightness: number): Limit[] {
  const customers = problem.customerIds.length;
  const count = (counts: (action: number) => boolean) =>
    Float64Array.from(problem.short, (_, at) => Number(counts(at % width)));
  return [
    ...budgetLimit(problem, 0.5 * tightness * customers),
    { name: "contacts", sense: "at_most", limit: 0.35 * tightness * customers, weight: count((action) => action > 0) },
    { name: "gifts", sense: "at_most", limit: 0.1 * tightness * customers, weight: count((action) => action === 2) },
    { name: "later", sense: "at_least", limit: 0.55 * tightness * customers, weight: problem.long },
  ];
}

async function agree(problem: AllocationProblem, limits: readonly Limit[], balance: number, source: PartSource) {
  const whole = await optimalPlan(problem, { balance, limits, explorationShare: 0 });
  const streamed = await streamedPlan(source, { balance, ...everybody });
  const scale = Math.max(1, Math.abs(whole.bound));
  expect(Math.abs(streamed.bound - whole.bound) / scale).toBeLessThan(1e-9);
  expect(streamed.objective).toBeLessThanOrEqual(whole.bound + 1e-9 * scale);
  expect(streamed.objective).toBeGreaterThanOrEqual(streamed.bound - (streamed.gap + 1e-12) * scale);
  const choice = await choicesOf(source, balance, streamed);
  const sum = (matrix: ArrayLike<number>) =>
    choice.reduce((total, action, customer) => total + matrix[customer * width + action], 0);
  for (const [row, { weight, sense, limit }] of limits.entries()) {
    expect(streamed.rows[row].used).toBeCloseTo(sum(weight), 6);
    const over = sense === "at_most" ? sum(weight) - limit : limit - sum(weight);
    expect(over).toBeLessThanOrEqual(1e-7 * (1 + Math.abs(limit)));
  }
  expect(streamed.totals.short).toBeCloseTo(sum(problem.short), 6);
  expect(streamed.totals.cost).toBeCloseTo(sum(problem.cost), 6);
  expect(choice.every((action, customer) => action === 0 || problem.eligible?.[customer * width + action] !== 0)).toBe(
    true,
  );
  return { whole, streamed };
}

describe("a plan of customers that are read part by part", () => {
  it.each([
    ["one budget", (problem: AllocationProblem) => budgetLimit(problem, 300)],
    ["several limits", (problem: AllocationProblem) => fourLimits(problem, 1)],
    ["limits with slack", (problem: AllocationProblem) => fourLimits(problem, 3).slice(0, 3)],
    ["no limit", () => []],
  ])("has the bound of the plan in memory, and comes as close to it: %s", async (_, limitsOf) => {
    const problem = shop(600, "streamed", 0.9);
    const limits = limitsOf(problem);
    const source = sourceOf(partOf(problem, limits), 150, 400);
    const { whole, streamed } = await agree(problem, limits, 0.4, source);
    expect(streamed.passes).toBeLessThanOrEqual(2);
    expect(streamed.gap).toBeLessThan(whole.gap + 1e-5);
    expect(streamed.openChoice.length).toBeLessThan(600);
    // Prices need not be the only best ones; at these no plan can be worth more than the bound either.
    const signed = Float64Array.from(streamed.rows, ({ price, sense }) => (sense === "at_most" ? price : -price));
    const box = { prices: signed, widths: new Float64Array(limits.length), radius: 0 };
    const { surplus } = settle(partOf(problem, limits), 0.4, box);
    const atPrices = limits.reduce((sum, { limit }, row) => sum + signed[row] * limit, surplus);
    expect(Math.abs(atPrices - whole.bound)).toBeLessThan(1e-9 * whole.bound);
  });

  it("lays the box anew where a sample of the worst customers tells wrong prices, memory for a few or for all", async () => {
    const drawn = shop(1000, "misleading", 0.9);
    const worth = (customer: number) => {
      const all = Array.from({ length: width }, (_, action) => drawn.short[customer * width + action]);
      return all.reduce((sum, one) => sum + one, 0);
    };
    const order = Array.from({ length: 1000 }, (_, customer) => customer).sort((a, b) => worth(a) - worth(b));
    const sorted = (matrix: ArrayLike<number>) =>
      Float64Array.from(
        { length: matrix.length },
        (_, at) => matrix[order[Math.floor(at / width)] * width + (at % width)],
      );
    const { short, long, cost } = drawn;
    const problem = { ...drawn, eligible: undefined, short: sorted(short), long: sorted(long), cost: sorted(cost) };
    const limits = budgetLimit(problem, 500);
    const source = sourceOf(partOf(problem, limits), 150, 400);
    const { streamed } = await agree(problem, limits, 0.4, source);
    expect(streamed.passes).toBeGreaterThan(1);
    const narrow = await streamedPlan(source, { balance: 0.4, mostOpen: 150 });
    expect(narrow.openChoice.length).toBeLessThanOrEqual(150);
    expect(Math.abs(narrow.bound - streamed.bound)).toBeLessThan(1e-9 * streamed.bound);
  });

  it("has a bound that holds, or says that memory is too small, however few customers it may hold", async () => {
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 15 }), fc.integer(), async (mostOpen, seed) => {
        const problem = shop(60, `little memory ${seed}`, 0.9);
        const limits = fourLimits(problem, 1.2).slice(0, 2);
        const whole = await optimalPlan(problem, { balance: 0.5, limits, explorationShare: 0 });
        const source = sourceOf(partOf(problem, limits), 25, 15);
        const found = await streamedPlan(source, { balance: 0.5, mostOpen }).catch((cause) => cause as InputError);
        outcomes.add(found instanceof InputError ? found.code : "solved");
        if (found instanceof InputError) return;
        expect(found.bound).toBeGreaterThan(whole.bound * (1 - 1e-9));
        expect(found.objective).toBeLessThan(whole.bound * (1 + 1e-9));
        for (const { used, limit } of found.rows) expect(used).toBeLessThan(limit + 1e-7);
      }),
      { numRuns: 10, seed: 7 },
    );
    expect(outcomes).toContain("solved");
    expect(outcomes.size).toBeGreaterThan(1);
  });

  it("says that memory cannot hold as many equal customers as a price splits", async () => {
    const kinds = shop(4, "equal", 1);
    const equal = (matrix: ArrayLike<number>) =>
      Float64Array.from({ length: 400 * width }, (_, at) => matrix[at % (4 * width)]);
    const problem = {
      ...kinds,
      customerIds: Array.from({ length: 400 }, (_, customer) => `c${customer}`),
      eligible: undefined,
      short: equal(kinds.short),
      long: equal(kinds.long),
      cost: equal(kinds.cost),
    };
    const source = sourceOf(partOf(problem, budgetLimit(problem, 130)), 100, 100);
    await expect(streamedPlan(source, { balance: 0.5, mostOpen: 20 })).rejects.toThrow(/open_customers_beyond_memory/);
  });

  it("holds however misleading the sample: small tables, negative costs, customers who may get little", async () => {
    const someLimits = fc.subarray([0, 1, 2, 3], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5, max: 80 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 60 }),
        someLimits,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        async (customers, sampleCustomers, partCustomers, rows, balance, seed) => {
          const drawn = shop(customers, `streamed ${seed}`, 0.7);
          const problem = { ...drawn, cost: Float64Array.from(drawn.cost, (cost) => cost - 0.7) };
          for (let at = 0; at < customers * width; at += width) problem.cost[at] = 0;
          const limits = rows.map((row) => fourLimits(problem, 1.2)[row]);
          const source = sourceOf(partOf(problem, limits), partCustomers, sampleCustomers);
          const outcome = (work: Promise<unknown>) =>
            work.then(
              () => "",
              (cause: { code: string }) => cause.code,
            );
          const inMemory = await outcome(optimalPlan(problem, { balance, limits, explorationShare: 0 }));
          if (inMemory === "") await agree(problem, limits, balance, source);
          else expect(await outcome(streamedPlan(source, { balance, ...everybody }))).not.toBe("");
        },
      ),
      { numRuns: 15 },
    );
  });
});
