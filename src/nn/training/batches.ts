import { createRandom } from "../../base/random.ts";
import type { Values } from "../session.ts";

/** The order in which an epoch sees the rows: a function of seed and epoch, so that a resumed training goes on the same. */
export function epochOrder(rows: Int32Array, seed: string, epoch: number): Int32Array {
  return createRandom(`${seed}/epoch${epoch}`).shuffle(rows.slice());
}

/**
 * What the step model is fed for `count` batches from batch `first` on, of a given size; the last batch of an epoch is filled up
 * with rows of weight 0. `rateOf` gives the learning rate of the epoch's batch.
 */
export function batchValues(
  order: Int32Array,
  { first, count, batchRows }: { first: number; count: number; batchRows: number },
  rateOf: (batch: number) => number,
): Values {
  const rows = new Int32Array(count * batchRows);
  const present = new Float32Array(count * batchRows);
  const taken = order.subarray(first * batchRows, (first + count) * batchRows);
  rows.set(taken);
  present.fill(1, 0, taken.length);
  return {
    batch_rows: { data: rows, shape: [count, batchRows] },
    batch_present: { data: present, shape: [count, batchRows, 1] },
    learning_rate: { data: Float32Array.from({ length: count }, (_, index) => rateOf(first + index)), shape: [count] },
  };
}
