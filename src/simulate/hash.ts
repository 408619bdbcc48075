import { createRandom } from "../base/random.ts";

/**
 * Stateless random numbers: each draw is a hash of (seed, customer, step, purpose). Nothing is consumed in order,
 * so an action moves only its own consequences (common random numbers), and customers can be made in any order.
 */
export interface RandomKey {
  readonly a: number;
  readonly b: number;
}

/** What a draw is for. Draws that belong to one line of a basket add the line's number. */
export const purposes = {
  trait: 0,
  order: 32,
  orderDay: 33,
  orderSecond: 34,
  redeem: 35,
  lapse: 36,
  reactivate: 37,
  cancel: 38,
  refund: 39,
  refundKind: 40,
  refundDelay: 41,
  refundLine: 42,
  firstLapse: 43,
  lineCount: 44,
  wave: 45,
  waveAction: 46,
  usualRule: 47,
  shopNoise: 48,
  status: 50,
  salesChannel: 51,
  lineCategory: 64,
  lineProduct: 72,
  lineQuantity: 80,
  lineExtra: 88,
  event: 128,
} as const;

const purposeSlots = 512;
const unit = 1 / 4294967296;

/** A bijection of 32-bit words with low bias (the two-multiply form found by C. Wellons' hash prospector). */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return h ^ (h >>> 15);
}

/** A key from a text seed; `label` keeps streams of different use apart. */
export function seedKey(seed: string, label: string): RandomKey {
  const random = createRandom(`simulate/${label}/${seed}`);
  return { a: random.integer(4294967296) | 0, b: random.integer(4294967296) | 0 };
}

/** The key of one customer (or replicate) under a parent key; 64 bits, so two customers do not share their luck. */
export function childKey(parent: RandomKey, index: number): RandomKey {
  const a = mix(parent.a ^ mix(index + 0x51ed27));
  return { a, b: mix((parent.b + Math.imul(a, 0x9e3779b1)) ^ index) };
}

/** Uniform on [0, 1), 32 bits; `purpose` < 512. */
export function uniformAt(key: RandomKey, step: number, purpose: number): number {
  const counter = Math.imul(step * purposeSlots + purpose + 1, 0x9e3779b1);
  return (mix(mix((key.a + counter) | 0) ^ key.b) >>> 0) * unit;
}

/** Standard normal by Box & Muller (1958); uses `purpose` and `purpose + 1`. */
export function normalAt(key: RandomKey, step: number, purpose: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(key, step, purpose)));
  return radius * Math.cos(2 * Math.PI * uniformAt(key, step, purpose + 1));
}
