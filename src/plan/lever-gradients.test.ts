import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { withNumericalGradient } from "../solvers/numerical-gradient.ts";
import { leverCoordinates, revenueCoordinates } from "./coordinates.ts";
import { leverPlanOf } from "./lever-plan.ts";
import { carriedOver, inputOf, separable, sShaped } from "./lever-plans.test-data.ts";
import { leverProgramme } from "./lever-programme.ts";

const cases = [
  { name: "separable, in revenue", plan: leverPlanOf(inputOf(separable)), coordinatesOf: revenueCoordinates },
  { name: "separable, in levers", plan: leverPlanOf(inputOf(separable)), coordinatesOf: leverCoordinates },
  { name: "with carry-over and memory", plan: leverPlanOf(inputOf(carriedOver)), coordinatesOf: leverCoordinates },
  { name: "S-shaped, with an imbalance", plan: leverPlanOf(inputOf(sShaped)), coordinatesOf: leverCoordinates },
];

describe("gradients against finite differences", () => {
  it.each(cases)("objective, limits and floors $name", ({ plan, coordinatesOf }) => {
    const coordinates = coordinatesOf(plan);
    const random = createRandom("gradients");
    const { lower, upper } = coordinates;
    for (let draw = 0; draw < 5; draw++) {
      const z = lower.map((bound, i) => bound + (0.05 + 0.9 * random.uniform()) * (upper[i] - bound));
      const programme = leverProgramme(plan, coordinates, z);
      for (const scalar of [programme.objective, ...programme.constraints]) {
        const gradient = new Float64Array(z.length);
        scalar(z, gradient);
        const numerical = new Float64Array(z.length);
        const value = (at: Float64Array) => scalar(at, new Float64Array(z.length));
        withNumericalGradient({ start: z, lower, upper, value }).evaluate(z, numerical);
        gradient.forEach((slope, i) => {
          expect(Math.abs(slope - numerical[i])).toBeLessThan(2e-7 * Math.max(1, Math.abs(slope)));
        });
      }
    }
  });

  it("gives the same course in both coordinates, and levers per unit as the chain rule has them", () => {
    const plan = leverPlanOf(inputOf(separable));
    const [levers, revenue] = [leverCoordinates(plan), revenueCoordinates(plan)];
    const z = revenue.lower.map((_, i) => 0.1 + 0.05 * i);
    const course = revenue.courseAt(z);
    const most = levers.perLever(course).map((rate) => 1 / rate);
    const same = levers.courseAt(course.x.map((x, i) => x / most[i]));
    same.revenue.forEach((series, s) => {
      expect([...series]).toEqual([...course.revenue[s]].map((value) => expect.closeTo(value, 2)));
    });
    const step = 1e-6;
    const moved = revenue.courseAt(z.map((value, i) => (i === 3 ? value + step : value)));
    expect(step / (moved.x[3] - course.x[3])).toBeCloseTo(revenue.perLever(course)[3], 5);
  });
});
