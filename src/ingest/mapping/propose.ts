import type { ColumnType } from "../../schema/columns.ts";
import type { ColumnSource, MappingFile } from "./mapping.ts";
import { openPlaces } from "./mapping.ts";
import { type ColumnSample, currencyIn, dateOrderOf, decimalSeparatorOf, isCurrency } from "./sample.ts";
import { isMoney, type Shape, shapes } from "./shapes.ts";
import { notAnId, otherThanOrders, synonyms } from "./synonyms.ts";
import { likeness, plainWords } from "./words.ts";

/** A mapping made from a table's header and first rows, and how sure we are of it. */
export interface Proposal {
  readonly mapping: MappingFile;
  /** Canonical columns chosen by their values, since no header names them. */
  readonly guessed: readonly string[];
  /** Whether the file itself names its currency. */
  readonly currencySeen: boolean;
  /** Columns of the file that nothing takes. */
  readonly unused: readonly string[];
}

export interface ProposalDefaults {
  readonly timezone: string;
  readonly currency: string;
}

interface Fit {
  readonly shape: Shape;
  /** Canonical column → column of the file. */
  readonly columns: Map<string, ColumnSample>;
  readonly guessed: string[];
  readonly score: number;
}

/** Proposes how to read a table; undefined where too little of it is known to say what its rows are. */
export function propose(samples: readonly ColumnSample[], defaults: ProposalDefaults): Proposal | undefined {
  const fits = shapes.map((shape) => matchShape(shape, samples));
  const best = fits.reduce((first, next) => (next.score > first.score ? next : first));
  const chosen = best.shape.name.startsWith("orders") ? ordersOrLines(fits) : best;
  const satisfied = chosen.shape.needed.filter((names) => names.some((name) => chosen.columns.has(name))).length;
  if (chosen.columns.size < 2 || satisfied < chosen.shape.needed.length / 2) return undefined;
  return proposalOf(chosen, samples, defaults);
}

/** The best place for every column of the file in a shape: by names, then by values for what is still needed. */
function matchShape(shape: Shape, samples: readonly ColumnSample[]): Fit {
  const pairs = Object.entries(shape.columns).flatMap(([column, { type }]) =>
    samples
      .map((sample) => ({ column, sample, score: nameScore(shape, column, sample) }))
      .filter(({ sample, score }) => score > 0 && holds(sample, column, type)),
  );
  pairs.sort((a, b) => b.score - a.score);
  const columns = new Map<string, ColumnSample>();
  const taken = new Set<ColumnSample>();
  let score = 0;
  for (const pair of pairs) {
    if (columns.has(pair.column) || taken.has(pair.sample)) continue;
    columns.set(pair.column, pair.sample);
    taken.add(pair.sample);
    score += 1 + pair.score / 10;
  }
  const guessed = guess(shape, columns, taken, samples);
  const open = shape.needed.filter((names) => !names.some((name) => columns.has(name))).length;
  const named = shape.needed.length - open - guessed.length;
  if (isRepeated(shape, columns)) return { shape, columns, guessed, score: Number.NEGATIVE_INFINITY };
  return { shape, columns, guessed, score: score + 10 * named + 3 * guessed.length - 6 * open };
}

/** Whether what should name each row once comes again and again: then the rows are something else (of an order, its lines). */
function isRepeated({ key }: Shape, columns: ReadonlyMap<string, ColumnSample>): boolean {
  const id = key.length === 1 && key[0] !== "order_id" ? columns.get(key[0]) : undefined;
  return id !== undefined && id.values.length >= 10 && id.distinct.size < id.values.length / 2;
}

function nameScore({ name }: Shape, column: string, sample: ColumnSample): number {
  const score = likeness(sample.name, column, synonyms[name] ?? {});
  const words = plainWords(sample.name);
  if (score > 3 || score === 0) return score;
  if (name.startsWith("orders") && ["ordered_at", "total_minor"].includes(column) && otherThanOrders.test(words))
    return 0;
  if (column.endsWith("_id") && notAnId.test(words)) return 0;
  return column === "customer_id" && isName(sample) ? score / 2 : score;
}

const isName = ({ name }: ColumnSample) => /\bname\b|姓名|名称/.test(plainWords(name));

/** Whether a column's values can be of a type; an empty column can be anything that is not needed. */
function holds(sample: ColumnSample, column: string, type: ColumnType): boolean {
  if (sample.values.length === 0) return false;
  if (type === "timestamp" || type === "date") return sample.isDate || sample.epoch !== undefined;
  if (type === "integer" || type === "double")
    return sample.isNumber && !(sample.isDate && /\D/.test(sample.values[0]));
  if (type === "boolean") return sample.distinct.size <= 2;
  if (column === "email") return sample.isEmail;
  if (column === "status") return isStatus(sample);
  return !(sample.isDate && sample.values.some((value) => /[-/.年:]/.test(value)));
}

/** Fills what is needed and unnamed where only one column of the file has such values. Returns what was guessed. */
function guess(
  { needed, columns: types, name: shapeName }: Shape,
  columns: Map<string, ColumnSample>,
  taken: Set<ColumnSample>,
  samples: readonly ColumnSample[],
): string[] {
  const guessed: string[] = [];
  const isOrder = shapeName.startsWith("orders");
  const only = (column: string, test: (sample: ColumnSample) => boolean) => {
    const isOther = ({ name }: ColumnSample) => isOrder && otherThanOrders.test(plainWords(name));
    const found = samples.filter((sample) => !taken.has(sample) && test(sample) && !isOther(sample));
    if (found.length !== 1) return;
    columns.set(column, found[0]);
    taken.add(found[0]);
    guessed.push(column);
  };
  const buyer = columns.get("customer_id");
  // Buyers known by their address are kept by its hash, whatever the column is called.
  if (types["email"] && buyer?.isEmail && !columns.has("email")) columns.set("email", buyer);
  const email = columns.get("email");
  if (isOrder && email && (!buyer || isName(buyer))) columns.set("customer_id", email);
  for (const names of needed) {
    if (names.some((name) => columns.has(name))) continue;
    const [name] = names.slice(-1);
    if (types[name].type === "timestamp" || types[name].type === "date") only(name, ({ isDate }) => isDate);
    else if (isMoney(name)) only(name, ({ looksLikeMoney }) => looksLikeMoney);
  }
  return guessed;
}

/** One row an order, or one row a line: lines have prices of goods, and orders that come back. */
function ordersOrLines(fits: readonly Fit[]): Fit {
  const [whole, lines] = ["orders", "orders_and_lines"].map((name) => fits.find(({ shape }) => shape.name === name)!);
  const ids = whole.columns.get("order_id");
  const repeated = ids ? 1 - ids.distinct.size / ids.values.length : 0;
  const has = (...names: string[]) => names.every((name) => lines.columns.has(name));
  const hasGoods = has("product_id") || has("title") || has("quantity");
  if (has("unit_price_minor", "quantity") && (repeated > 0 || !whole.columns.has("total_minor"))) return lines;
  if (has("unit_price_minor", "quantity") && has("product_id")) return lines;
  return repeated > (hasGoods ? 0.05 : 0.2) ? lines : whole;
}

function proposalOf(
  { shape, columns, guessed }: Fit,
  samples: readonly ColumnSample[],
  defaults: ProposalDefaults,
): Proposal {
  const ofType = (...types: ColumnType[]) =>
    [...columns].filter(([name]) => types.includes(shape.columns[name].type)).map(([, sample]) => sample);
  const amounts = [...columns].filter(([name]) => isMoney(name)).map(([, sample]) => sample);
  // A file has amounts in cents or in whole units; its headers say which.
  const inMinor = amounts.length > 0 && amounts.every(({ name }) => /\b(minor|cents?)\b|分\b/.test(plainWords(name)));
  const currency = columns.has("currency") ? undefined : currencyIn(amounts, defaults.currency);
  const mapped: Record<string, ColumnSource | null> = {};
  for (const name of Object.keys(shape.columns)) {
    const sample = columns.get(name);
    if (sample) mapped[name] = sample.name;
    else if (isFirstOfOpen(shape, columns, name)) mapped[name] = null;
  }
  // A product known by its title alone is still told from the others.
  const title = columns.get("title");
  if (shape.name === "orders_and_lines" && title && !columns.has("product_id")) mapped["product_id"] = title.name;
  const mapping: MappingFile = {
    table: shape.name,
    currency: columns.has("currency") ? null : (currency ?? defaults.currency),
    time_zone: defaults.timezone,
    date_order: dateOrderOf(ofType("timestamp", "date")) ?? null,
    decimal_separator: decimalSeparatorOf(ofType("integer", "double")) ?? null,
    amounts: inMinor ? "minor" : "major",
    columns: mapped,
    values: proposedValues(columns),
  };
  const used = new Set([...columns.values()]);
  return {
    mapping,
    guessed,
    currencySeen: currency !== undefined,
    unused: samples.filter((sample) => !used.has(sample)).map(({ name }) => name),
  };
}

/** The column to leave open of several that would do. */
function isFirstOfOpen({ needed }: Shape, columns: ReadonlyMap<string, unknown>, name: string): boolean {
  const names = needed.find((group) => group.includes(name));
  return names !== undefined && !names.some((one) => columns.has(one)) && names.at(-1) === name;
}

const statuses: readonly [RegExp, string][] = [
  [/cancel|void|取消|关闭|closed/i, "cancelled"],
  [/fail|declin|失败/i, "failed"],
  [/refund|退款/i, "completed"],
  [/pending|await|unpaid|on.?hold|待付|未付|等待买家付款/i, "pending"],
  [/complete|fulfil|deliver|shipped|完成|成功|已发货|已收货|已签收/i, "completed"],
  [/paid|process|付款|支付|待发货/i, "paid"],
];

const ourStatuses = ["pending", "paid", "completed", "cancelled", "failed"];

/** Some of its words must be known: a "state" can be a part of a country. */
function isStatus({ distinct }: ColumnSample): boolean {
  return [...distinct].some((word) => ourStatuses.includes(word) || statuses.some(([pattern]) => pattern.test(word)));
}

const currencyWords: readonly [RegExp, string][] = [
  [/^(¥|￥|rmb|人民币|元)$/i, "CNY"],
  [/^(£|pounds?)$/i, "GBP"],
  [/^(€|euros?)$/i, "EUR"],
  [/^(\$|us\$|dollars?|美元)$/i, "USD"],
];

/** The file's own words for a status or a currency that are known, in the order in which they come. */
function proposedValues(columns: ReadonlyMap<string, ColumnSample>): MappingFile["values"] {
  const known = (name: string, dictionary: readonly [RegExp, string][], isOurs: (word: string) => boolean) => {
    const words = [...(columns.get(name)?.distinct ?? [])].slice(0, 50).filter((word) => !isOurs(word));
    const pairs = words.flatMap((word) => {
      const found = dictionary.find(([pattern]) => pattern.test(word));
      return found ? [[word, found[1]] as const] : [];
    });
    return pairs.length === 0 ? {} : { [name]: Object.fromEntries(pairs) };
  };
  return {
    ...known("status", statuses, (word) => ourStatuses.includes(word)),
    ...known("currency", currencyWords, (word) => isCurrency(word.toUpperCase())),
  };
}

/** Whether a proposal can be used as it is. */
export function isComplete({ mapping }: Proposal): boolean {
  return openPlaces(mapping).length === 0;
}
