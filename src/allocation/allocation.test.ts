import { describe, expect, it } from "vitest";
import { binomialBand } from "../stats/intervals.ts";
import { type AllocationOptions, allocate as allocateWith } from "./allocation.ts";
import { drawAssignments, isHeldOut } from "./assignment.ts";
import { recompute } from "./certificate.ts";
import { balanceFrontier } from "./frontier.ts";
import { type AllocationProblem, budgetLimit } from "./problem.ts";
import { shop as shopOf } from "./shop.test-data.ts";

const shop = (customers: number, seed: string) => shopOf(customers, seed, 0.8);

const options = { balance: 0.5, budget: 300, explorationShare: 0.05 };

/** Under a budget and nothing else. */
const allocate = (problem: AllocationProblem, { budget, ...rest }: typeof options) =>
  allocateWith(problem, { ...rest, limits: budgetLimit(problem, budget) });

describe("the allocation", () => {
  it("has a certificate that its own rows confirm, in floats and in cents", async () => {
    const problem = shop(1000, "certificate");
    const plan = await allocate(problem, options);
    const found = recompute(problem, plan.propensities, { balance: 0.5, minorPerMajor: 100 });
    expect(found.objective).toBeCloseTo(plan.objective, 8);
    expect(found.cost).toBeCloseTo(plan.rows[0].used, 8);
    expect(found.costMinor / 100).toBeCloseTo(plan.rows[0].used, -1);
    expect(plan.rows[0].used).toBeLessThanOrEqual(300 + 1e-9);
    expect(plan.objective).toBeLessThanOrEqual(plan.bound + 1e-9);
    expect(plan.gap).toBeLessThan(1e-4);
    expect(plan.totals.total).toBeCloseTo(plan.totals.short + plan.totals.long, 12);
  });

  it("gives every eligible action its chance, nobody an ineligible one, and everybody a whole", async () => {
    const problem = shop(200, "propensities");
    const { propensities } = await allocate(problem, options);
    for (let customer = 0; customer < 200; customer++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) {
        const at = customer * 4 + k;
        sum += propensities[at];
        expect(propensities[at] > 0).toBe(k === 0 || problem.eligible?.[at] === 1);
      }
      expect(sum).toBeCloseTo(1, 12);
    }
  });

  it("is worth more per unit of budget exactly at its shadow price", async () => {
    const problem = shop(2000, "price");
    const at = (budget: number) => allocate(problem, { balance: 0.5, budget, explorationShare: 0 });
    const plan = await at(400);
    expect(((await at(401)).bound - (await at(399)).bound) / 2).toBeCloseTo(plan.rows[0].price, 2);
    expect(0.5 * plan.rows[0].sensitivity.short + 0.5 * plan.rows[0].sensitivity.long).toBeCloseTo(
      plan.rows[0].price,
      9,
    );
  });

  it("trades now for later monotonically along the frontier, up to the gaps, and on a concave curve", async () => {
    const problem = shop(500, "frontier");
    const points = await balanceFrontier(problem, { limits: budgetLimit(problem, 150), explorationShare: 0.05 });
    expect(points).toHaveLength(21);
    for (let at = 1; at < points.length; at++) {
      const slack =
        points.slice(at - 1, at + 1).reduce((sum, { gap, bound }) => sum + gap * Math.max(1, Math.abs(bound)), 0) /
        0.05;
      expect(points[at].long).toBeGreaterThanOrEqual(points[at - 1].long - slack - 1e-9);
      expect(points[at].short).toBeLessThanOrEqual(points[at - 1].short + slack + 1e-9);
      // Every other plan lies below the supporting line of this balance.
      for (const other of points) {
        const line = (1 - points[at].balance) * other.short + points[at].balance * other.long;
        expect(line).toBeLessThanOrEqual(points[at].bound + 1e-9);
      }
    }
    expect(points.filter(({ knee }) => knee)).toHaveLength(1);
  });

  it("answers limits that contradict each other with the least change of the plan as a whole, exploration included", async () => {
    const problem = shop(300, "conflict");
    const under = (budget: number, floor: number): AllocationOptions => ({
      balance: 0.5,
      explorationShare: 0.2,
      limits: [
        ...budgetLimit(problem, budget),
        { name: "long", sense: "at_least", limit: floor, weight: problem.long },
      ],
    });
    const conflict = await allocateWith(problem, under(150, 1e5)).catch((error) => error);
    expect(conflict).toMatchObject({ code: "limits_conflict", details: { limits: ["budget", "long"] } });
    const stated: string[] = conflict.details.relaxations;
    const value = (name: string, otherwise: number) =>
      Number(stated.find((text) => text.startsWith(name))?.split(" ")[2] ?? otherwise);
    const [budget, floor] = [value("budget", 150), value("long", 1e5)];
    const plan = await allocateWith(problem, under(budget, floor));
    expect(plan.rows[1].used).toBeGreaterThanOrEqual(floor - 1e-6);
    // A hundredth more than that is too much.
    await expect(allocateWith(problem, under(budget, 1.01 * floor))).rejects.toThrow("limits_conflict");
  });

  it("refuses a balance, a share or a budget that cannot be", async () => {
    const problem = shop(50, "errors");
    await expect(allocate(problem, { ...options, balance: 1.5 })).rejects.toThrow("balance_out_of_range");
    await expect(allocate(problem, { ...options, explorationShare: 1 })).rejects.toThrow(
      "exploration_share_out_of_range",
    );
    await expect(allocate(problem, { ...options, budget: 0.5 })).rejects.toThrow(
      /limit_below_exploration.*largestShare/,
    );
    expect((await allocate(problem, { ...options, budget: 0, explorationShare: 0 })).rows[0].used).toBe(0);
  });
});

describe("assignment", async () => {
  const problem = shop(4000, "draws");
  const { propensities } = await allocate(problem, { ...options, budget: 6000, explorationShare: 0.3 });
  const drawn = drawAssignments({ ...problem, propensities }, { seed: "s", purpose: "plan" });

  it("draws each action as often as its propensities say (99 % band)", () => {
    const observed = drawn.reduce((count, action) => count + Number(action === 1), 0);
    let expected = 0;
    for (let customer = 0; customer < 4000; customer++) expected += propensities[customer * 4 + 1];
    const { lower, upper } = binomialBand(4000, expected / 4000, 0.99);
    expect(observed).toBeGreaterThanOrEqual(lower);
    expect(observed).toBeLessThanOrEqual(upper);
  });

  it("does not move anybody's draw when others join, and explores other people for another purpose", () => {
    const first = drawAssignments(
      { customerIds: problem.customerIds.slice(0, 100), propensities: propensities.slice(0, 400) },
      { seed: "s", purpose: "plan" },
    );
    expect([...first]).toEqual([...drawn.slice(0, 100)]);
    const next = drawAssignments({ ...problem, propensities }, { seed: "s", purpose: "next" });
    expect([...next]).not.toEqual([...drawn]);
  });

  it("holds out the stated share, for good", () => {
    const held = problem.customerIds.filter((id) => isHeldOut("s", id, 0.05)).length;
    const { lower, upper } = binomialBand(4000, 0.05, 0.99);
    expect(held).toBeGreaterThanOrEqual(lower);
    expect(held).toBeLessThanOrEqual(upper);
  });
});
