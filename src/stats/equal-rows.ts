export interface EqualRows {
  readonly groups: number;
  /** Which group each row belongs to; groups are numbered in rising order of the columns. */
  readonly group: Int32Array; // (rows)
  /** The first row of each group. */
  readonly first: Int32Array; // (groups)
  /** Rows of each group. */
  readonly counts: Float64Array; // (groups)
}

/**
 * Rows that agree in every column, found by hashing (open addressing): a million rows take a fifth of a second, sorting them
 * three. Only the groups are sorted. Not meant for NaN, which equals nothing.
 */
export function equalRows(rows: number, columns: readonly Float64Array[]): EqualRows {
  const width = columns.length;
  const hashes = hashesOf(rows, columns);
  const keys = new Float64Array(rows * width); // of each group, side by side: a column is too far to jump into a million times
  const group = new Int32Array(rows);
  const first = new Int32Array(rows);
  const counts = new Float64Array(rows);
  let table = new Int32Array(1 << 12).fill(-1); // group in each slot; at most half are taken
  let groups = 0;
  for (let row = 0; row < rows; row++) {
    let slot = hashes[row] & (table.length - 1);
    while (table[slot] >= 0 && !isKey(keys, width * table[slot], columns, row)) slot = (slot + 1) & (table.length - 1);
    let found = table[slot];
    if (found < 0) {
      for (let at = 0; at < width; at++) keys[width * groups + at] = columns[at][row];
      first[groups] = row;
      found = groups++;
      table[slot] = found;
      if (2 * groups > table.length) table = widened(table, hashes, first, groups);
    }
    group[row] = found;
    counts[found]++;
  }
  const order = new Int32Array(groups);
  for (let at = 0; at < groups; at++) order[at] = at;
  order.sort((left, right) => {
    let at = 0;
    while (at < width && keys[width * left + at] === keys[width * right + at]) at++;
    return at < width ? keys[width * left + at] - keys[width * right + at] : 0;
  });
  const place = new Int32Array(groups);
  for (let after = 0; after < groups; after++) place[order[after]] = after;
  for (let row = 0; row < rows; row++) group[row] = place[group[row]];
  return {
    groups,
    group,
    first: order.map((before) => first[before]),
    counts: gather(counts, order),
  };
}

/** `column` at each of `rows`; a plain loop, ten times as fast as `Float64Array.from` with a function. */
export function gather(column: Float64Array, rows: Int32Array): Float64Array {
  const values = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) values[at] = column[rows[at]];
  return values;
}

/** Multiply-and-shift over the bits of each row's values; −0 is 0. */
function hashesOf(rows: number, columns: readonly Float64Array[]): Int32Array {
  const hashes = new Int32Array(rows);
  for (const column of columns) {
    const bits = new Int32Array(column.buffer, column.byteOffset, 2 * rows);
    for (let row = 0; row < rows; row++) {
      const isZero = column[row] === 0;
      const low = isZero ? 0 : bits[2 * row];
      const high = isZero ? 0 : bits[2 * row + 1];
      const mixed = Math.imul(hashes[row] ^ low, 0x9e3779b1);
      const both = Math.imul(mixed ^ (mixed >>> 15) ^ high, 0x85ebca77);
      hashes[row] = both ^ (both >>> 13);
    }
  }
  return hashes;
}

function widened(table: Int32Array, hashes: Int32Array, first: Int32Array, groups: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(4 * table.length).fill(-1);
  for (let found = 0; found < groups; found++) {
    let slot = hashes[first[found]] & (wider.length - 1);
    while (wider[slot] >= 0) slot = (slot + 1) & (wider.length - 1);
    wider[slot] = found;
  }
  return wider;
}

function isKey(keys: Float64Array, from: number, columns: readonly Float64Array[], row: number): boolean {
  for (let at = 0; at < columns.length; at++) if (keys[from + at] !== columns[at][row]) return false;
  return true;
}
