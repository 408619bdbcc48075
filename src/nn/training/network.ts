import type { Tensor } from "../graph.ts";
import type { Noise } from "../operators/noise.ts";
import type { ParameterTree, Weights } from "../parameters.ts";

/** A table of numbers that batches are taken from. */
export interface Table {
  readonly width: number;
  /** Integers are positions or ids: they are gathered, and have no gradient. */
  readonly values: Float32Array | Int32Array; // (rows, width)
}

export type Tables = Readonly<Record<string, Table>>;

export interface RowLosses {
  readonly loss: Tensor; // (rows, 1)
  readonly weight: Tensor; // (rows, 1)
}

export interface Tabled {
  /** One line for each row: a batch gets those of its rows. */
  readonly tables: Tables;
  /** Given to every batch whole, (lines, width): what rows look things up in by position. */
  readonly lookups?: Tables;
}

/** What is trained: parameters, the data, and the loss of rows given both. */
export interface Network<Tree extends ParameterTree> extends Tabled {
  readonly parameters: Tree;
  /** The loss of each row of a batch and how much the row counts. `noise` is there in training only: for dropout. */
  loss(weights: Weights<Tree>, batch: Readonly<Record<string, Tensor>>, noise: Noise | undefined): RowLosses;
}

/** Row numbers of the tables: those that are learned from, and those that decide when to stop. */
export interface Split {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}
