import { type Expression, literal } from "../engine/sql/expression.ts";
import { concatenate, contains, lower, some, trim } from "../engine/sql/functions.ts";

/**
 * Whether any item of a text joined by `;` fits one of the patterns, which may begin or end with `*`. Upper and lower
 * case are the same. NULL where the text is.
 */
export function matchesAny(list: Expression<"text">, patterns: readonly string[]): Expression<"boolean"> {
  if (patterns.length === 0) return literal(false);
  // Every item stands between semicolons, so that where a pattern begins or ends with one it is anchored there.
  const items = concatenate(";", trim(lower(list)), ";");
  return some(
    ...patterns.map((pattern) => {
      const [, opening, text, closing] = /^(\*?)(.*?)(\*?)$/.exec(pattern.toLowerCase()) as RegExpExecArray;
      return contains(items, `${opening ? "" : ";"}${text}${closing ? "" : ";"}`);
    }),
  );
}
