import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../../src/base/random.ts";
import { bgNbd } from "../../src/models/bg-nbd.ts";
import { type Purchases, summarisePurchases } from "../../src/models/purchase-summary.ts";

/** x, tₓ and T in weeks, one file of 64-bit floats each, so that every contender reads the same bits. */
export const columns = ["frequency", "recency", "age"] as const;

const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const weeks = { calibrationEnd: dayOf("1997-09-30"), unitDays: 7 };

/** CDNOW, all 23,570 customers, calibrated to the end of September 1997. */
export function writeCdnow(path: string, folder: string): number {
  const [header, ...lines] = readFileSync(path, "utf8").replaceAll('"', "").trim().split(/\r?\n/);
  const names = header.split(",");
  const [id, date] = ["customer_id", "date"].map((name) => names.indexOf(name));
  const numbers = new Map<string, number>();
  const rows = lines.map((line) => line.split(","));
  for (const row of rows) if (!numbers.has(row[id])) numbers.set(row[id], numbers.size);
  const purchases = {
    customers: numbers.size,
    customer: Int32Array.from(rows, (row) => numbers.get(row[id]) as number),
    day: Int32Array.from(rows, (row) => dayOf(row[date])),
  };
  return writeSummary(purchases, folder);
}

/**
 * A shop of BG/NBD customers with CDNOW's parameters, who first buy in twelve weeks and are watched to the 39th; days are whole.
 * Written as a summary and, for the command line, as a file of transactions with amounts.
 */
export function writeSimulated(customers: number, folder: string): number {
  const random = createRandom("bench-models");
  const truth = Float64Array.of(0.2426, 4.4136, 0.7929, 2.4259);
  const customer: number[] = [];
  const day: number[] = [];
  const lines = ["customer,date,amount"];
  for (let at = 0; at < customers; at++) {
    const first = weeks.calibrationEnd - 273 + random.integer(84);
    const mean = (20 * 6) / random.gamma(4);
    for (const time of [0, ...bgNbd.simulate(truth, (weeks.calibrationEnd - first) / 7, random).times]) {
      const on = Math.min(weeks.calibrationEnd, first + Math.ceil(7 * time));
      customer.push(at);
      day.push(on);
      const amount = (mean * random.gamma(6)) / 6;
      lines.push(`c${at},${new Date(on * 86_400_000).toISOString().slice(0, 10)},${Math.max(0.01, amount).toFixed(2)}`);
    }
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "transactions.csv"), `${lines.join("\n")}\n`);
  return writeSummary({ customers, customer: Int32Array.from(customer), day: Int32Array.from(day) }, folder);
}

function writeSummary(purchases: Purchases, folder: string): number {
  const summary = summarisePurchases(purchases, weeks);
  mkdirSync(folder, { recursive: true });
  for (const name of columns) writeFileSync(join(folder, `${name}.f64`), summary[name]);
  return summary.rows;
}
