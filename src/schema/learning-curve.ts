/** How one network learned: its losses epoch after epoch, and after which epoch the weights were kept. */
export interface LearningCurve {
  readonly trainingLoss: readonly number[];
  readonly validationLoss: readonly number[];
  /** Counted from 1. */
  readonly bestEpoch: number;
}
