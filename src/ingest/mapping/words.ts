import type { Synonyms } from "./synonyms.ts";

/** A header as plain lower-case words: `Order_ID (USD)` and `orderId` are both `order id`. */
export function plainWords(header: string): string {
  return header
    .replace(/[(（[].*?[)）\]]/g, " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/**
 * How well a header names a canonical column: 0 not at all; above 3 it is the column's own name or a synonym; above 1 it
 * contains one, the longer the better.
 */
export function likeness(header: string, column: string, synonyms: Synonyms): number {
  const words = plainWords(header);
  const own = column.replaceAll("_", " ");
  const names = [own, own.replace(/ minor$/, ""), ...(synonyms[column]?.split(/,\s*/) ?? [])];
  const scores = names.map((name) => {
    if (words === name) return 3 + length(name);
    return contains(words, name) ? 1 + length(name) : 0;
  });
  return Math.max(...scores);
}

const length = (name: string) => Math.min(name.length, 99) / 100;

function contains(words: string, name: string): boolean {
  // Chinese is written without spaces; a single character says too little.
  if (/\p{Script=Han}/u.test(name)) return name.length > 1 && words.includes(name);
  return ` ${words} `.includes(` ${name} `);
}
