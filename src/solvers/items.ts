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
