import { createRandom } from "../../src/base/random.ts";
import type { ParameterValues, Space } from "../../src/tuning/space.ts";

/** A function to be made small, and how small it can become. */
export interface TuneObjective {
  readonly name: string;
  readonly space: Space;
  readonly least: number;
  /** Standard deviation of what is added to the value that a search sees; its regret is judged without it. */
  readonly noise: number;
  value(values: ParameterValues): number;
}

const real = (name: string, low: number, high: number, scale: "linear" | "log" = "linear") =>
  ({ name, kind: "real", low, high, scale }) as const;
const whole = (name: string, low: number, high: number, scale: "linear" | "log" = "linear") =>
  ({ name, kind: "integer", low, high, scale }) as const;
const numbers = (values: ParameterValues) => Object.values(values) as number[];

/** Branin's function (Dixon & Szegő 1978): three equal minima. */
function branin(values: ParameterValues): number {
  const [x, y] = numbers(values);
  const bend = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
  return bend * bend + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

/** Hartmann's functions (Dixon & Szegő 1978): four wells of different depth. */
function hartmann(slopes: readonly number[][], centers: readonly number[][]): (values: ParameterValues) => number {
  const depths = [1, 1.2, 3, 3.2];
  return (values) => {
    const x = numbers(values);
    return -depths.reduce((sum, depth, well) => {
      const squared = x.reduce((total, at, j) => total + slopes[well][j] * (at - centers[well][j]) ** 2, 0);
      return sum + depth * Math.exp(-squared);
    }, 0);
  };
}

const unit = (width: number) => Array.from({ length: width }, (_, index) => real(`x${index}`, 0, 1));

export const tuneObjectives: readonly TuneObjective[] = [
  { name: "Branin", space: [real("x", -5, 10), real("y", 0, 15)], least: 0.39788735772973816, noise: 0, value: branin },
  {
    name: "Hartmann-3",
    space: unit(3),
    least: -3.862782147820748,
    noise: 0,
    value: hartmann(
      [
        [3, 10, 30],
        [0.1, 10, 35],
        [3, 10, 30],
        [0.1, 10, 35],
      ],
      [
        [0.3689, 0.117, 0.2673],
        [0.4699, 0.4387, 0.747],
        [0.1091, 0.8732, 0.5547],
        [0.03815, 0.5743, 0.8828],
      ],
    ),
  },
  {
    name: "Hartmann-6",
    space: unit(6),
    least: -3.3223680114155094,
    noise: 0,
    value: hartmann(
      [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
      ],
      [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
      ],
    ),
  },
  {
    name: "noisy quadratic, one log scale",
    space: [real("rate", 1e-5, 1, "log"), real("share", 0, 1), real("shift", -3, 3)],
    least: 0,
    noise: 0.1,
    value: ({ rate, share, shift }) =>
      (Math.log10(rate as number) + 2.7) ** 2 / 2 +
      4 * ((share as number) - 0.35) ** 2 +
      ((shift as number) - 1) ** 2 / 4,
  },
  {
    name: "whole numbers and choices",
    space: [
      whole("units", 4, 256, "log"),
      whole("layers", 1, 5),
      { name: "kind", kind: "choice", choices: ["relu", "tanh", "gelu"] },
      real("rate", 1e-4, 0.1, "log"),
      real("decay", 1e-6, 1, "log"),
    ],
    least: 0,
    noise: 0,
    value: ({ units, layers, kind, rate, decay }) => {
      const best = { relu: -2.2, tanh: -2.8, gelu: -2.5 }[kind as string] as number; // each kind wants its own rate
      return (
        (Math.log2(units as number) - 6) ** 2 / 8 +
        ((layers as number) - 2) ** 2 / 6 +
        (Math.log10(rate as number) - best) ** 2 +
        (Math.log10(decay as number) + 3) ** 2 / 20 +
        { relu: 0.2, tanh: 0.5, gelu: 0 }[kind as "relu"]
      );
    },
  },
];

/** What a search sees: the value, and noise that depends on nothing but seed and trial. */
export function seenValue(objective: TuneObjective, values: ParameterValues, seed: number, trial: number): number {
  return objective.value(values) + objective.noise * createRandom(`${objective.name}/${seed}/${trial}`).normal();
}
