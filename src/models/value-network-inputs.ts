/** What a value network is told of customers. */

/**
 * Baskets side by side, and which of them each row may be told by. Line 0 is nobody's: places without a basket point at it.
 */
export interface Baskets {
  readonly measureNames: readonly string[];
  readonly measures: Float32Array; // (lines, measures), NaN = missing
  /** The word of a line's category by its number; 0 = rare, unknown or missing. */
  readonly categories: Int32Array; // (lines)
  /** Words of categories, the 0 included. */
  readonly categoryCount: number;
  /** When, in days from any fixed day. */
  readonly days: Float32Array; // (lines)
  /** Lines of each row's last baskets, the latest last; 0 where there are fewer. */
  readonly places: Int32Array; // (rows, steps)
  readonly steps: number;
  /** When each row is asked, in the days of `days`. */
  readonly asOfDays: Float32Array; // (rows)
}

/** Customers, one row each. */
export interface CustomerRows {
  readonly rows: number;
  /** Features in the order of their names, those of `categorySizes` last; NaN or ±Infinity = missing. */
  readonly features: Float32Array; // (rows, features)
  readonly baskets?: Baskets;
}

/** What decides a network's shape. */
export interface Blueprint {
  readonly horizons: number;
  /** Features that are numbers. */
  readonly numbers: number;
  /** Of the features that are words by number, how many words each knows: 0, for any other, included. */
  readonly categorySizes: readonly number[];
  readonly baskets?: { readonly steps: number; readonly measures: number; readonly categoryCount: number };
}

/** The features' numbers and words apart; a word that is missing or was never seen is 0. */
export function numbersAndWords(
  features: Float32Array,
  { numbers, categorySizes }: Blueprint,
): { numbers: Float32Array; words: Int32Array } {
  const words = categorySizes.length;
  const width = numbers + words;
  const rows = features.length / width;
  const apart = { numbers: new Float32Array(rows * numbers), words: new Int32Array(rows * words) };
  for (let row = 0; row < rows; row++) {
    apart.numbers.set(features.subarray(row * width, row * width + numbers), row * numbers);
    for (let word = 0; word < words; word++) {
      const code = features[row * width + numbers + word];
      apart.words[row * words + word] = code >= 0 && code < categorySizes[word] ? Math.trunc(code) : 0;
    }
  }
  return apart;
}
