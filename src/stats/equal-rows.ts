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
 * Rows that agree in every column, found by hashing (open addressing): a million rows take a tenth of a second, sorting them
 * three. Only the groups are sorted. Not meant for NaN, which equals nothing.
 */
export function equalRows(rows: number, columns: readonly Float64Array[]): EqualRows {
  const slots = 1 << Math.ceil(Math.log2(2 * rows + 2));
  const table = new Int32Array(slots).fill(-1); // group in each slot
  const group = new Int32Array(rows);
  const first = new Int32Array(rows);
  const found = new Int32Array(rows);
  let groups = 0;
  for (let row = 0; row < rows; row++) {
    let slot = hash(columns, row) & (slots - 1);
    while (table[slot] >= 0 && !isEqual(columns, first[table[slot]], row)) slot = (slot + 1) & (slots - 1);
    if (table[slot] < 0) {
      table[slot] = groups;
      first[groups++] = row;
    }
    group[row] = table[slot];
    found[table[slot]]++;
  }
  const order = Int32Array.from({ length: groups }, (_, at) => at).sort((a, b) => compare(columns, first[a], first[b]));
  const place = new Int32Array(groups);
  order.forEach((before, after) => {
    place[before] = after;
  });
  for (let row = 0; row < rows; row++) group[row] = place[group[row]];
  return {
    groups,
    group,
    first: order.map((before) => first[before]),
    counts: Float64Array.from(order, (before) => found[before]),
  };
}

const number = new Float64Array(1);
const bits = new Int32Array(number.buffer);

/** Multiply-and-shift over the bits of the values. */
function hash(columns: readonly Float64Array[], row: number): number {
  let mixed = 0;
  for (const column of columns) {
    number[0] = column[row] + 0; // −0 is 0
    mixed = Math.imul(mixed ^ bits[0], 0x9e3779b1);
    mixed = Math.imul(mixed ^ (mixed >>> 15) ^ bits[1], 0x85ebca77);
    mixed ^= mixed >>> 13;
  }
  return mixed;
}

function isEqual(columns: readonly Float64Array[], left: number, right: number): boolean {
  for (const column of columns) if (column[left] !== column[right]) return false;
  return true;
}

function compare(columns: readonly Float64Array[], left: number, right: number): number {
  for (const column of columns) if (column[left] !== column[right]) return column[left] - column[right];
  return 0;
}
