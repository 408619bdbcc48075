import { describe, expect, it } from "vitest";
import { difference, drawn, run, values } from "../agreement.test-data.ts";
import { constant, input } from "../graph.ts";
import { adam, adamW } from "./adam.ts";
import { averaged } from "./averaging.ts";
import { clippedToNorm } from "./clipping.ts";
import type { Optimiser } from "./optimiser.ts";
import { constantRate, cosineRate } from "./schedules.ts";
import { sgd } from "./sgd.ts";

const count = 5;
const start = [...drawn("start", [count]).data];
const slopes = [1, 2, 3].map((step) => [...drawn(`slope${step}`, [count]).data]);
const rate = 0.1;

/** Three steps with given gradients, as the runtime takes them. */
async function steps(optimiser: Optimiser, decays?: readonly number[]): Promise<number[]> {
  const vector = (name: string) => input(name, [count]);
  const memory = optimiser.memory.map(vector);
  const stepNumber = input("step", []);
  const inputs = [vector("parameters"), vector("gradient"), ...memory, stepNumber];
  const next = optimiser.step({
    parameters: inputs[0],
    gradient: inputs[1],
    memory,
    learningRate: constant(rate),
    stepNumber,
    decays: decays && constant(decays),
  });
  const outputs = { moved: next.parameters, ...Object.fromEntries(next.memory.map((m, k) => [`m${k}`, m])) };
  let state = { parameters: start, memory: memory.map(() => new Array<number>(count).fill(0)) };
  for (const [index, slope] of slopes.entries()) {
    const results = await run(inputs, outputs, {
      parameters: values(state.parameters, [count]),
      gradient: values(slope, [count]),
      step: values([index + 1], []),
      ...Object.fromEntries(memory.map(({ name }, k) => [name, values(state.memory[k], [count])])),
    });
    state = { parameters: [...results.moved.data], memory: memory.map((_, k) => [...results[`m${k}`].data]) };
  }
  return state.parameters;
}

/** The same three steps of one value, written as the papers have them, in float64. */
type Rule = (value: number, slopesOfValue: readonly number[]) => number;

const sgdRule =
  (momentum: number, decay: number): Rule =>
  (value, given) => {
    let velocity = 0;
    for (const g of given) {
      velocity = momentum * velocity + g + decay * value;
      value -= rate * velocity;
    }
    return value;
  };

const adamRule =
  (coupled: number, decoupled: number): Rule =>
  (value, given) => {
    let [m, v] = [0, 0];
    given.forEach((slope, index) => {
      const g = slope + coupled * value;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      const direction = m / (1 - 0.9 ** (index + 1)) / (Math.sqrt(v / (1 - 0.999 ** (index + 1))) + 1e-8);
      value -= rate * (direction + decoupled * value);
    });
    return value;
  };

describe("an optimiser takes the steps of its paper", () => {
  const cases: [string, Optimiser, Rule][] = [
    ["SGD", sgd(), sgdRule(0, 0)],
    ["SGD with momentum and weight decay", sgd({ momentum: 0.9, weightDecay: 0.2 }), sgdRule(0.9, 0.2)],
    ["Adam (Kingma & Ba 2015, algorithm 1)", adam(), adamRule(0, 0)],
    ["Adam with an L2 penalty", adam({ weightDecay: 0.2 }), adamRule(0.2, 0)],
    ["AdamW (Loshchilov & Hutter 2019, algorithm 2)", adamW({ weightDecay: 0.2 }), adamRule(0, 0.2)],
  ];
  it.each(cases)("%s", async (_, optimiser, rule) => {
    const expected = start.map((value, at) =>
      rule(
        value,
        slopes.map((slope) => slope[at]),
      ),
    );
    // 1 − 0.999 in float32 has four digits.
    expect(difference(await steps(optimiser), expected)).toBeLessThan(3e-5);
  });

  it("weight decay leaves alone what does not decay", async () => {
    const free = [1, 0, 1, 0, 0];
    const decayed = await steps(adamW({ weightDecay: 0.2 }), free);
    const expected = start.map((value, at) =>
      adamRule(0, 0.2 * free[at])(
        value,
        slopes.map((slope) => slope[at]),
      ),
    );
    expect(difference(decayed, expected)).toBeLessThan(3e-5);
  });
});

describe("gradient clipping", () => {
  it("shortens a long gradient to the norm and keeps a short one", async () => {
    const gradient = constant([3, 4]);
    const { long, short } = await run([], { long: clippedToNorm(gradient, 1), short: clippedToNorm(gradient, 6) }, {});
    expect(difference(long.data, [0.6, 0.8])).toBeLessThan(1e-5);
    expect([...short.data]).toEqual([3, 4]);
  });

  it("leaves a gradient of zeros alone", async () => {
    const { zero } = await run([], { zero: clippedToNorm(constant([0, 0]), 1) }, {});
    expect([...zero.data]).toEqual([0, 0]);
  });
});

describe("weight averaging", () => {
  it("moves by 1 − decay, and early on by 9 ÷ (10 + steps)", async () => {
    const at = (step: number) => averaged(constant([1]), constant([2]), { decay: 0.9, stepNumber: constant(step) });
    const { early, late } = await run([], { early: at(1), late: at(1000) }, {});
    expect(early.data[0]).toBeCloseTo(1 + 9 / 11, 6);
    expect(late.data[0]).toBeCloseTo(1.1, 6);
  });
});

describe("schedules", () => {
  it("a cosine warms up in a line, peaks, and ends at its floor", () => {
    const schedule = cosineRate({ warmUpShare: 0.1, floor: 0.2 });
    const rates = Array.from({ length: 100 }, (_, step) => schedule(step, 100));
    expect(rates.slice(0, 10).map((share) => Math.round(10 * share))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(rates[10]).toBe(1);
    expect(rates[55]).toBeCloseTo(0.6, 12); // half way down
    expect(rates[99]).toBeCloseTo(0.2, 2);
    for (let step = 11; step < 100; step++) expect(rates[step]).toBeLessThan(rates[step - 1]);
  });

  it("a constant rate is one", () => {
    expect([0, 50, 99].map((step) => constantRate(step, 100))).toEqual([1, 1, 1]);
  });
});
