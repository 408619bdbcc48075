import type { Value } from "../session.ts";

/** Where a training stands: all that is needed to go on from here with the same bits. */
export interface Course {
  /** The epoch that is running, counted from 1, and its next batch, counted from 0. */
  epoch: number;
  batch: number;
  /** Σ weight·loss and Σ weight over the epoch's batches so far. */
  lossSum: number;
  weightSum: number;
  /** Loop state of the step model. */
  state: Record<string, Value>;
  /** The flat parameters that judged best so far, and after which epoch; the first ones and 0 before any was judged. */
  best: Float32Array;
  bestEpoch: number;
  trainingLoss: number[];
  validationLoss: number[];
  /** Epochs in which the training diverged and was taken back. */
  divergedEpochs: number[];
}
