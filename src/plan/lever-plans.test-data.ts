import type { LeverPlanInput } from "./input.ts";
import { leverPlanSchema } from "./input.ts";

const segments = [
  { name: "new", baseline: [100, 110, 120, 130] },
  { name: "established", baseline: 200 },
];

const limits = [
  { name: "each period", atMost: 40 },
  { name: "in all", over: "all", atMost: 110 },
];

/** Every lever acts in its own period, rising and concave: solved in revenue, with an imbalance. */
export const separable = {
  kind: "plan",
  periods: 4,
  rate: 0.03,
  segments,
  levers: [
    { name: "promotion", max: 30, unitCost: 1, responses: { new: { shape: "exponential", ceiling: 60, scale: 12 } } },
    {
      name: "search",
      max: 60,
      unitCost: 1,
      season: [1, 1.1, 0.9, 1],
      responses: {
        new: { shape: "hill", ceiling: 80, half: 20 },
        established: { shape: "power", coefficient: 6, exponent: 0.5 },
      },
    },
    {
      name: "video",
      max: 50,
      unitCost: 1,
      responses: { established: { shape: "hill", ceiling: 90, half: 25, slope: 0.8 } },
    },
  ],
  limits,
  floors: [{ after: 2, atLeast: 3850 }],
  terminal: { retention: 0.9 },
  imbalancePenalty: 0.5,
};

/** Carry-over and memory, everything still concave in the levers: no imbalance. */
export const carriedOver = {
  ...separable,
  imbalancePenalty: 0,
  floors: [{ segment: "established", atLeast: 2580 }],
  levers: separable.levers.map((lever, l) => ({
    ...lever,
    carryOver: 0.2 * l,
    initialCarryOver: 3 * l,
    ...(l === 0 ? { memory: { decay: 0.5, initial: 2, effects: { new: 0.0005, established: -0.002 } } } : {}),
  })),
};

/** The same with an S-shape and an imbalance: not concave. */
export const sShaped = {
  ...carriedOver,
  imbalancePenalty: 0.3,
  floors: [{ segment: "established", atLeast: 2200 }],
  starts: 6,
  levers: carriedOver.levers.map((lever, l) =>
    l === 2 ? { ...lever, responses: { established: { shape: "hill", ceiling: 90, half: 25, slope: 3 } } } : lever,
  ),
};

export const inputOf = (input: object): LeverPlanInput => leverPlanSchema.parse(input);
