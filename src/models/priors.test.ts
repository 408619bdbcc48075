import { describe, expect, it } from "vitest";
import { describePrior, logPrior, type Prior, parsePrior } from "./priors.ts";

const known = ["r", "alpha", "rate.member"];

describe("priors", () => {
  it.each<[string, string, Prior]>([
    ["r=lognormal(-1, 0.5)", "r", { distribution: "lognormal", mean: -1, sd: 0.5 }],
    ["alpha = gamma(2,0.1)", "alpha", { distribution: "gamma", shape: 2, rate: 0.1 }],
    ["r=half-normal(3)", "r", { distribution: "half-normal", sd: 3 }],
    ["rate.member=normal(0,1)", "rate.member", { distribution: "normal", mean: 0, sd: 1 }],
  ])("%s is read, and written the same", (text, name, prior) => {
    expect(parsePrior(text, known)).toEqual([name, prior]);
    expect(parsePrior(`${name}=${describePrior(prior)}`, known)).toEqual([name, prior]);
  });

  it.each([
    ["r", "prior_form"],
    ["r=lognormal(1)", "prior_form"],
    ["r=lognormal(1,2,3)", "prior_form"],
    ["r=uniform(0,1)", "prior_distribution"],
    ["q=lognormal(0,1)", "prior_parameter"],
    ["r=lognormal(0,0)", "prior_number"],
    ["r=lognormal(,1)", "prior_number"],
    ["r=gamma(-1,1)", "prior_number"],
    ["r=half-normal(wide)", "prior_number"],
  ])("%s is refused: %s", (text, reason) => {
    expect(() => parsePrior(text, known)).toThrow(
      expect.objectContaining({ code: "invalid_prior", details: expect.objectContaining({ reason, value: text }) }),
    );
  });

  it.each<Prior>([
    { distribution: "lognormal", mean: -1, sd: 0.5 },
    { distribution: "gamma", shape: 2, rate: 0.1 },
    { distribution: "half-normal", sd: 3 },
    { distribution: "normal", mean: 2, sd: 0.7 },
  ])("has the slope of its density: $distribution", (prior) => {
    const { slope } = logPrior(prior, 1.3);
    expect((logPrior(prior, 1.3001).log - logPrior(prior, 1.2999).log) / 2e-4).toBeCloseTo(slope, 6);
  });
});
