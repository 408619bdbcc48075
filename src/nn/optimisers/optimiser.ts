import type { Tensor } from "../graph.ts";

/** How a step changes the parameters. All tensors but the scalars are the flat vector of all parameters, (count). */
export interface Optimiser {
  /** Names of the vectors it carries from step to step, all zeros at first. */
  readonly memory: readonly string[];
  step(at: OptimiserStep): { parameters: Tensor; memory: readonly Tensor[] };
}

export interface OptimiserStep {
  readonly parameters: Tensor;
  readonly gradient: Tensor;
  readonly memory: readonly Tensor[];
  /** Scalars: the rate of this step, and its number, counted from 1. */
  readonly learningRate: Tensor;
  readonly stepNumber: Tensor;
  /** 1 where weight decay applies and 0 where not; absent where it applies everywhere. */
  readonly decays?: Tensor;
}
