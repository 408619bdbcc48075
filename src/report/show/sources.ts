import { toMajor } from "../../base/money.ts";
import type { IngestValues } from "../../ingest/index.ts";
import { formatMoney, type Language } from "../../language/catalogue.ts";
import { textTable } from "../text-table.ts";
import { unknown, wordsOf } from "./words.ts";

/** What was read from each file, and the money in it: kept + set aside = rows. */
export function sourceLines({ sources }: IngestValues, language: Language): string[] {
  const { left, right, number, list, say } = wordsOf(language);
  if (sources.length === 0) return [say("show_no_sources")];
  const rows = sources.map(({ file, preset, encoding, rows, kept, setAside, money }) => [
    file,
    preset,
    encoding ?? unknown,
    number(rows),
    number(kept),
    number(setAside),
    list(money.map(({ currency, keptMinor }) => formatMoney(language, toMajor(keptMinor, currency), currency, 2))) ||
      unknown,
  ]);
  const columns = [left("column_file"), left("column_preset"), left("column_encoding")];
  const counts = [right("column_rows"), right("column_kept"), right("column_set_aside"), left("column_money_kept")];
  return textTable([...columns, ...counts], rows);
}
