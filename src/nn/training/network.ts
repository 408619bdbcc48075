import type { Tensor } from "../graph.ts";
import type { Noise } from "../operators/noise.ts";
import type { ParameterTree, Weights } from "../parameters.ts";

/** A table of numbers that batches are taken from. Integers, such as ids, are exact up to 2²⁴. */
export interface Table {
  readonly width: number;
  readonly values: Float32Array; // (rows, width)
}

export type Tables = Readonly<Record<string, Table>>;

export interface RowLosses {
  readonly loss: Tensor; // (rows, 1)
  readonly weight: Tensor; // (rows, 1)
}

/** What is trained: parameters, the data, and the loss of rows given both. */
export interface Network<Tree extends ParameterTree> {
  readonly parameters: Tree;
  readonly tables: Tables;
  /** The loss of each row of a batch and how much the row counts. `noise` is there in training only: for dropout. */
  loss(weights: Weights<Tree>, batch: Readonly<Record<string, Tensor>>, noise: Noise | undefined): RowLosses;
}

/** Row numbers of the tables: those that are learned from, and those that decide when to stop. */
export interface Split {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}
