import { describe, expect, it } from "vitest";
import { difference, drawn, expectAgreement, run, values } from "../agreement.test-data.ts";
import { gradients } from "../gradient.ts";
import { constant, input, type Tensor } from "../graph.ts";
import { sigmoid } from "../operators/activations.ts";
import { reduceSum } from "../operators/reductions.ts";
import { hurdleLoss, hurdleMean } from "./hurdle.ts";
import { nondecreasing, orderedLogits, ordinalLoss } from "./ordered.ts";
import { binaryCrossEntropy, pinball, squaredError } from "./pointwise.ts";
import { weightedMean } from "./weighted-mean.ts";
import { boundedHead, largestSigma, zilnHead, zilnLoss, zilnMean } from "./ziln.ts";

/** The value of an expression without inputs. */
const numbersOf = async (y: Tensor): Promise<number[]> => [...(await run([], { y }, {})).y.data];

describe("a loss's values and gradients agree with float64 and central differences", () => {
  const matrix = drawn("matrix", [3, 4]);
  const binary = constant([1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0.3], [3, 4]);
  const cases: [string, (x: Tensor[]) => Tensor, Parameters<typeof expectAgreement>[1]][] = [
    ["squared error", ([a, b]) => squaredError(a, b), [matrix, drawn("target", [3, 4])]],
    ["binary cross-entropy", ([a]) => binaryCrossEntropy(a, binary), [matrix]],
    ["pinball", ([a]) => pinball(a, constant([0.1, -2, 5], [3, 1]), [0.1, 0.5, 0.8, 0.9]), [matrix]],
    ["nondecreasing horizons", ([a]) => nondecreasing(a), [matrix]],
    [
      "ordinal",
      ([score, thresholds]) => ordinalLoss(orderedLogits(score, thresholds), constant([0, 2, 4], [3, 1])),
      [drawn("score", [3, 1]), drawn("thresholds", [1, 4])],
    ],
    [
      "hurdle loss",
      ([any, logMore]) => hurdleLoss({ any, logMore }, constant([0, 1, 5, 2, 0, 30], [3, 2])),
      [drawn("any", [3, 2]), drawn("more", [3, 2])],
    ],
    ["hurdle mean", ([any, logMore]) => hurdleMean({ any, logMore }, 9), [drawn("any", [3, 2]), drawn("more", [3, 2])]],
    ["weighted mean", ([a, b]) => weightedMean(a, b), [matrix, drawn("w", [3, 4], { positive: true })]],
    ["ziln loss", ([a]) => zilnLoss(zilnHead(a), constant([0, 1.5, 2, 0, 0.7, 3], [3, 2])), [drawn("z", [3, 6])]],
    ["ziln mean", ([a]) => zilnMean(zilnHead(a)), [drawn("y", [3, 6])]],
  ];
  it.each(cases)("%s", (_, build, fed) => expectAgreement(build, fed));
});

describe("binary cross-entropy", () => {
  it("is finite with a finite gradient for a logit that is wrong by 100", async () => {
    const logit = input("logit", [1, 2]);
    const loss = binaryCrossEntropy(logit, constant([0, 1], [1, 2]));
    const [slope] = gradients(reduceSum(loss), [logit]);
    const results = await run([logit], { loss, slope }, { logit: values([100, -100], [1, 2]) });
    expect([...results.loss.data]).toEqual([100, 100]);
    expect([...results.slope.data]).toEqual([1, -1]);
  });
});

describe("pinball loss", () => {
  it("is least, on average, at the quantile", async () => {
    const targets = Array.from({ length: 101 }, (_, k) => k / 100);
    const meanAt = async (prediction: number) => {
      const y = reduceSum(
        pinball(constant(new Array(101).fill(prediction), [101, 1]), constant(targets, [101, 1]), [0.8]),
      );
      return (await numbersOf(y))[0];
    };
    const [below, at, above] = await Promise.all([0.75, 0.8, 0.85].map(meanAt));
    expect(at).toBeLessThan(below);
    expect(at).toBeLessThan(above);
  });

  it("refuses levels that are none, and columns that do not fit", () => {
    expect(() => pinball(input("p", [3, 1]), input("t", [3, 1]), [1])).toThrow("must lie in (0, 1)");
    expect(() => pinball(input("p", [3, 2]), input("t", [3, 1]), [0.5])).toThrow("Pinball of [3, 2] and [1]");
  });
});

describe("ordered predictions", () => {
  it("never fall from one horizon to the next, whatever the network says", async () => {
    const rising = await numbersOf(nondecreasing(constant([0.5, -30, 2, -1, 3, -3, 1, 0], [2, 4])));
    for (const row of [0, 4]) {
      expect(rising[row]).toBe([0.5, 3][row / 4]);
      for (let k = 1; k < 4; k++) expect(rising[row + k]).toBeGreaterThanOrEqual(rising[row + k - 1]);
    }
  });

  it("have the loss of their definition: a cross-entropy for each more than k", async () => {
    const softplus = (x: number) => Math.log1p(Math.exp(x));
    const logits = [1.5, 0.25, -0.75];
    const losses = await numbersOf(ordinalLoss(constant(logits, [1, 3]), constant([1], [1, 1])));
    // More than 0, but neither more than 1 nor more than 2.
    expect(difference(losses, [softplus(-1.5), softplus(0.25), softplus(-0.75)])).toBeLessThan(1e-6);
  });

  it("give falling probabilities of more than k, and a loss that is least at the true category", async () => {
    const logits = orderedLogits(constant([1], [1, 1]), constant([-2, -5, 0.3], [1, 3]));
    const more = await numbersOf(sigmoid(logits));
    expect(more[0]).toBeGreaterThanOrEqual(more[1]);
    expect(more[1]).toBeGreaterThanOrEqual(more[2]);
    const lossAt = async (score: number) =>
      (
        await numbersOf(
          reduceSum(
            ordinalLoss(orderedLogits(constant([score], [1, 1]), constant([-1, 2, 2], [1, 3])), constant([1], [1, 1])),
          ),
        )
      )[0];
    const losses = await Promise.all([-6, 0, 6].map(lossAt));
    expect(losses[1]).toBeLessThan(Math.min(losses[0], losses[2]));
  });
});

describe("counts behind a hurdle", () => {
  const lossAt = async (any: number, logMore: number, counts: readonly number[]) => {
    const column = (value: number) => constant(new Array(counts.length).fill(value), [counts.length, 1]);
    const each = hurdleLoss({ any: column(any), logMore: column(logMore) }, constant(counts, [counts.length, 1]));
    return (await numbersOf(reduceSum(each)))[0];
  };

  it("have the loss of their distribution: −ln of p for one at all, and of a geometric number beyond it", async () => {
    const [p, mean] = [0.3, 1.7];
    const [any, logMore] = [Math.log(p / (1 - p)), Math.log(mean)];
    expect(await lossAt(any, logMore, [0])).toBeCloseTo(-Math.log(1 - p), 5);
    const beyond = (more: number) => -Math.log((1 / (1 + mean)) * (mean / (1 + mean)) ** more);
    for (const count of [1, 2, 6]) {
      expect(await lossAt(any, logMore, [count])).toBeCloseTo(-Math.log(p) + beyond(count - 1), 5);
    }
  });

  it("are found on average even where they are not geometric: the loss is least at their mean", async () => {
    const counts = [1, 1, 1, 2, 2, 12, 0, 0];
    const meanBeyond = (0 + 0 + 0 + 1 + 1 + 11) / 6;
    const at = await lossAt(0, Math.log(meanBeyond), counts);
    for (const factor of [0.9, 1.1]) {
      expect(await lossAt(0, Math.log(factor * meanBeyond), counts)).toBeGreaterThan(at);
    }
  });

  it("are never expected below the probability of one, and not beyond what was ever seen", async () => {
    const any = constant([-8, 0, 8], [3, 1]);
    const mean = await numbersOf(hurdleMean({ any, logMore: constant([-20, 0, 50], [3, 1]) }, Math.log(40)));
    const chance = await numbersOf(sigmoid(any));
    mean.forEach((expected, row) => {
      expect(expected).toBeGreaterThanOrEqual(chance[row]);
      expect(expected).toBeLessThanOrEqual(41);
    });
  });
});

describe("a weighted mean", () => {
  it("of nothing that weighs anything is 0", async () => {
    expect(await numbersOf(weightedMean(constant([5, 7]), constant([0, 0])))).toEqual([0]);
  });
});

describe("the ZILN loss", () => {
  it("equals google/lifetime_value's test case: 0.744397 and 1.878372", async () => {
    const logits = constant([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [2, 3]);
    const [none, some] = await numbersOf(zilnLoss(zilnHead(logits), constant([0, 1.5], [2, 1])));
    expect(none).toBeCloseTo(0.744397, 5);
    expect(some).toBeCloseTo(1.878372, 5);
  });
});

describe("the spread of a ZILN head", () => {
  /** Raw spreads far below, inside and far beyond the bounds, for one horizon. */
  const raw = values([0, 0, -9, 0, 0, 0.5, 0, 0, 12], [3, 3]);
  const outputs = input("outputs", [3, 3]);

  it("always gets a gradient in training, so that no head can stick", async () => {
    const loss = reduceSum(zilnLoss(zilnHead(outputs), constant([2, 2, 2], [3, 1])));
    const { slope } = await run([outputs], { slope: gradients(loss, [outputs])[0] }, { outputs: raw });
    for (const row of [0, 1, 2]) expect(slope.data[3 * row + 2], `row ${row}`).not.toBe(0);
    // Far too wide: a step against the gradient makes it narrower.
    expect(slope.data[8]).toBeGreaterThan(0);
  });

  it("is cut off when served", async () => {
    const { mu, sigma } = boundedHead(zilnHead(outputs), -0.5);
    const served = await run([outputs], { mu, sigma }, { outputs: raw });
    expect(served.sigma.data[1]).toBeLessThan(largestSigma);
    expect(served.sigma.data[2]).toBe(largestSigma);
    expect([...served.mu.data]).toEqual([-0.5, -0.5, -0.5]);
  });
});
