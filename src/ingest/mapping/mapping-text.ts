import { stringify } from "yaml";
import { type Language, type MessageKey, translate } from "../../language/catalogue.ts";
import type { ColumnSource } from "./mapping.ts";
import type { Proposal } from "./propose.ts";
import { shapeOf } from "./shapes.ts";

/** A proposal as the file that people read and correct; `file` is the table it is for. */
export function mappingText(proposal: Proposal, { file, language }: { file: string; language: Language }): string {
  const { mapping, guessed, currencySeen, unused } = proposal;
  const say = (key: MessageKey, values = {}) => translate(language, key, values);
  const setting = (name: string, value: string | null, comment: string) =>
    line(`${name}: ${value === null ? "" : scalar(value)}`, comment);
  const needed = shapeOf(mapping.table)!.needed;
  const comments = (column: string, source: ColumnSource | null) => {
    if (guessed.includes(column)) return say("mapping_guessed");
    if (source !== null) return "";
    const others = needed.find((names) => names.includes(column))!.filter((name) => name !== column);
    const open = say(column.endsWith("_id") ? "mapping_open_id" : "mapping_open_column");
    return others.length === 0 ? open : `${open} ${say("mapping_or", { others: others.join(", ") })}`;
  };
  const dateOrder = mapping.date_order === null ? "mapping_open_date_order" : "mapping_date_order";
  const separator = mapping.decimal_separator === null ? "mapping_open_separator" : "mapping_separator";
  const currency =
    mapping.currency === null
      ? "mapping_currency_column"
      : currencySeen
        ? "mapping_currency_seen"
        : "mapping_currency_assumed";
  return [
    `# ${say("mapping_title", { file })}`,
    `# ${say("mapping_how")}`,
    setting("table", mapping.table, say(tableComment(mapping.table))),
    setting("currency", mapping.currency, say(currency)),
    setting("time_zone", mapping.time_zone, say("mapping_time_zone")),
    setting("date_order", mapping.date_order, say(dateOrder)),
    setting("decimal_separator", mapping.decimal_separator, say(separator)),
    setting("amounts", mapping.amounts, say("mapping_amounts")),
    line("columns:", say("mapping_columns")),
    ...Object.entries(mapping.columns).map(([column, source]) =>
      line(`  ${column}: ${source === null ? "" : scalar(source)}`, comments(column, source)),
    ),
    ...valueLines(mapping.values, say("mapping_values")),
    ...(unused.length === 0
      ? []
      : [`# ${say("mapping_unused", { columns: unused.map((name) => JSON.stringify(name)).join(", ") })}`]),
    "",
  ].join("\n");
}

function tableComment(table: string): MessageKey {
  if (table === "orders") return "mapping_table_orders";
  return table === "orders_and_lines" ? "mapping_table_lines" : "mapping_table_other";
}

function valueLines(values: Proposal["mapping"]["values"], comment: string): string[] {
  if (Object.keys(values).length === 0) return [];
  const lines = Object.entries(values).flatMap(([column, words]) => [
    `  ${column}:`,
    ...Object.entries(words).map(([word, ours]) => `    ${scalar(word)}: ${scalar(ours)}`),
  ]);
  return [line("values:", comment), ...lines];
}

const line = (text: string, comment: string) =>
  comment === "" ? text.trimEnd() : `${text.trimEnd().padEnd(34)} # ${comment}`;

/** A value on one line, quoted where YAML would read it as something else. */
function scalar(value: ColumnSource): string {
  return stringify(value, { lineWidth: 0, collectionStyle: "flow", blockQuote: false }).trim();
}
