import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeCsv } from "./csv.ts";
import { spoiledTables } from "./dirt.ts";
import type { SimulatedShop } from "./shop.ts";
import { eventRows, exportColumns, exportIds, exportNames } from "./tables.ts";

export { writeTruth } from "./truth.ts";

/**
 * Writes the shop's dirty exports to `directory`/*.csv, in the shop's encoding; returns the paths in a fixed order.
 * Empty fields are unknown, lists are joined by ";", lines end in "\n".
 */
export async function writeRawExports(
  shop: SimulatedShop,
  directory: string,
  onFile?: (done: number, total: number) => void,
): Promise<string[]> {
  const { tables } = spoiledTables(shop, exportIds(shop));
  await mkdir(directory, { recursive: true });
  const paths: string[] = [];
  for (const name of exportNames) {
    const path = join(directory, `${name}.csv`);
    const rows = name === "events" ? eventRows(shop) : tables[name];
    await writeCsv(path, exportColumns[name].split(" "), rows, shop.options.encoding ?? "utf-8");
    paths.push(path);
    onFile?.(paths.length, exportNames.length);
  }
  return paths;
}
