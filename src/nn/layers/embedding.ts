import type { Random } from "../../base/random.ts";
import type { Tensor } from "../graph.ts";
import { gatherRows } from "../operators/gather.ts";
import { normalParameter, type Parameter } from "../parameters.ts";

/** One vector per category, drawn as a standard normal divided by √width, so that a vector has length about 1. */
export function embeddingParameters(categories: number, width: number, random: Random): Parameter {
  return normalParameter([categories, width], 1 / Math.sqrt(width), random);
}

/**
 * The vectors of some categories, integer ids (…) → (…, width). Only rows that were looked up get a gradient. Ids are not
 * checked in the graph: see `refuseUnknownCategories`.
 */
export function embedding(ids: Tensor, table: Tensor): Tensor {
  return gatherRows(table, ids);
}

/** Throws RangeError for an id outside 0 … categories − 1, which a model would read as some other row. */
export function refuseUnknownCategories(ids: ArrayLike<number>, categories: number): void {
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at];
    if (!Number.isInteger(id) || id < 0 || id >= categories) {
      throw new RangeError(`category ${id} at place ${at} is none of 0 to ${categories - 1}`);
    }
  }
}
