import { open } from "node:fs/promises";
import { encodeGb18030 } from "./gb18030.ts";
import type { Row } from "./tables.ts";

const rowsPerWrite = 5000;

/** Writes rows as CSV with a header, a few thousand at a time; null becomes an empty field. */
export async function writeCsv(
  path: string,
  columns: readonly string[],
  rows: Iterable<Row>,
  encoding: "utf-8" | "gb18030",
): Promise<void> {
  const file = await open(path, "w");
  try {
    let chunk: string[] = [`${columns.join(",")}\n`];
    const flush = async () => {
      const text = chunk.join("");
      await file.writeFile(encoding === "utf-8" ? text : encodeGb18030(text));
      chunk = [];
    };
    for (const row of rows) {
      chunk.push(`${columns.map((column) => field(row[column])).join(",")}\n`);
      if (chunk.length >= rowsPerWrite) await flush();
    }
    await flush();
  } finally {
    await file.close();
  }
}

function field(value: Row[string] | undefined): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
