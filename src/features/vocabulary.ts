import type { Engine } from "../engine/engine.ts";
import { type Expression, instant } from "../engine/sql/expression.ts";
import { count } from "../engine/sql/functions.ts";
import { from, type Query } from "../engine/sql/query.ts";
import { cleanCustomers, cleanEvents, cleanOrders } from "../schema/clean-tables.ts";
import { vocabularySizes } from "./catalogue.ts";
import { cleanTable } from "./clean-table.ts";

/**
 * The words that text columns are coded by, the most frequent first. They are counted over what was known before the
 * first training origin: counted later, a back-test would know which country a shop was going to grow in.
 */
export interface Vocabulary {
  category: string[];
  channel: { word: string; share: number }[];
  country: { word: string; share: number }[];
}

/** Words beyond this many are rare whatever the shop, and share the code 0. */
const longestVocabulary = 50;

/** One query per column: word and n, most frequent first, ties by the word. */
export function vocabularyQueries(firstOrigin: number) {
  const before = instant(firstOrigin);
  const e = cleanTable(cleanEvents, "e");
  const c = cleanTable(cleanCustomers, "c");
  const o = cleanTable(cleanOrders, "o");
  const counted = (query: Query<Record<never, never>>, word: Expression<"text">, n: Expression<"integer">) =>
    query
      .where(word.isNotNull())
      .groupBy(word)
      .select({ word, n })
      .orderBy(n.descending(), word)
      .limit(longestVocabulary);
  const { customer_id } = o.columns;
  const buyers = from(o).where(o.columns.known_at.below(before)).select({ customer_id }).distinct().as("b");
  const people = () => from(c).join(buyers, buyers.columns.customer_id.equals(c.columns.customer_id));
  return {
    category: counted(
      from(e).where(e.columns.name.equals("product_view"), e.columns.known_at.below(before)),
      e.columns.category,
      count(),
    ),
    channel: counted(people(), c.columns.acquisition_channel, count()),
    country: counted(people(), c.columns.country, count()),
  };
}

export async function fitVocabulary(firstOrigin: number, engine: Engine): Promise<Vocabulary> {
  const queries = vocabularyQueries(firstOrigin);
  const read = async (query: Query) => {
    const { rows, texts, numbers } = await engine.collect(query);
    const total = numbers.n.reduce((sum, n) => sum + n, 0);
    return Array.from({ length: rows }, (_, row) => ({
      word: texts.word[row] as string,
      share: numbers.n[row] / total,
    }));
  };
  const categories = await read(queries.category as unknown as Query);
  return {
    category: categories.slice(0, vocabularySizes.category).map(({ word }) => word),
    channel: await read(queries.channel as unknown as Query),
    country: await read(queries.country as unknown as Query),
  };
}
