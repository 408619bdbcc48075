export type Numbers = Float32Array | Float64Array;

/** What choices are worth: a matrix, or (1 − share) of it and a share of another. Matrices are (items, choices), row-major. */
export interface Worth {
  readonly value: Numbers;
  readonly mix?: { readonly value: Numbers; readonly share: number };
}

/** Reads the value of a choice by its place in the matrices. */
export function valueReader({ value, mix }: Worth): (at: number) => number {
  if (mix === undefined) return (at) => value[at];
  const { value: other, share } = mix;
  return (at) => (1 - share) * value[at] + share * other[at];
}

/** A sum over a plan of what choices are worth, by the sums over the matrices. */
export function valueOfSums({ value, mix }: Worth, sumOf: (numbers: Numbers) => number): number {
  return mix === undefined ? sumOf(value) : (1 - mix.share) * sumOf(value) + mix.share * sumOf(mix.value);
}

/** A number in [0, 1) that belongs to a place (finalizer of MurmurHash3, Appleby 2011). */
export function scrambled(place: number): number {
  let bits = Math.imul(place ^ (place >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 4294967296;
}

/** Places of evenly many items from every part of a list, always the same ones. */
export function spreadItems(items: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => Math.floor(((index + scrambled(index)) / count) * items));
}

/** Rows of a matrix in the order asked for, put into another. */
export function rowsOf<T extends Float64Array | Uint8Array>(
  from: ArrayLike<number>,
  width: number,
  rows: Int32Array,
  into: T,
): T {
  let next = 0;
  for (let index = 0; index < rows.length; index++)
    for (let at = rows[index] * width; at < (rows[index] + 1) * width; at++) into[next++] = from[at];
  return into;
}
