import { describe, expect, it } from "vitest";
import { articleCases } from "../solvers/article-problem.test-data.ts";
import { literalReadings, type ReadingName } from "./readings.ts";

const gives = (name: ReadingName) => literalReadings().find((reading) => reading.name === name)?.gives ?? {};
const near = (values: readonly number[], digits: number) => values.map((value) => expect.closeTo(value, digits));

describe("the article read literally", () => {
  it("gives the CLV column of the design for the table's revenue", () => {
    expect(gives("clv_table").clv).toEqual(near([694.39, 613.82, 475.21, 272.73, 0], 2));
  });

  it("gives the design's X for the formula of section 4.3, minimised as its text says", () => {
    expect(gives("case_formula_minimised").x).toEqual(near([3.124411, 2.44553, 1.697971, 0.87494, -0.031046], 6));
  });

  it("gives the design's X for the same formula with the sign put right", () => {
    const expected = [3.21532, 2.528174, 1.773103, 0.943242, 0.031046];
    expect(gives("case_formula_sign_corrected").x).toEqual(near(expected, 6));
  });

  it("mirrors case B where J is minimised, and has no end where it is maximised", () => {
    expect(gives("objective_minimised").x).toEqual(
      near(
        articleCases[1].x.map((value) => -value),
        5,
      ),
    );
    const [one, ten, hundred] = gives("objective_as_printed").objective as number[];
    expect(ten).toBeGreaterThan(50 * one);
    expect(hundred).toBeGreaterThan(50 * ten);
  });

  it("finds nothing of the printed result in the article's formulas", () => {
    const { discountedRevenue, objective, objectiveAsPrinted } = gives("project_listing");
    for (const value of [discountedRevenue, objective, objectiveAsPrinted]) {
      expect(Math.abs((value as number) - 444.444)).toBeGreaterThan(100);
    }
  });
});
