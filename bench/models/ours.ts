/** longrun's part of bench:models, in a process of its own: `ours.js fit|command FOLDER`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../../src/cli/main.ts";
import { predictCustomers } from "../../src/lifetime/predict.ts";
import { bgNbd } from "../../src/models/bg-nbd.ts";
import { fitPurchases } from "../../src/models/fit-purchases.ts";
import { groupHistories } from "../../src/models/purchase-summary.ts";
import { columns } from "./customers.ts";

const [part, folder] = process.argv.slice(2);
const started = performance.now();
const seconds = (since: number) => (performance.now() - since) / 1000;
const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const measured = part === "fit" ? fitOnly() : await command();
const peakMb = Number(readFileSync("/proc/self/status", "utf8").match(/VmHWM:\s+(\d+)/)?.[1]) / 1024;
process.stdout.write(`${JSON.stringify({ ...measured, peakMb })}\n`);

function fitOnly() {
  const [frequency, recency, age] = columns.map((name) => {
    const { buffer, byteOffset, byteLength } = readFileSync(join(folder, `${name}.f64`));
    return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
  });
  const summary = { rows: age.length, frequency, recency, age, meanValue: new Float64Array(0) };
  const fitStarted = performance.now();
  const before = processorSeconds();
  const histories = groupHistories(summary); // once, for fit and forecasts
  const fitted = fitPurchases(bgNbd, histories);
  const fitSeconds = seconds(fitStarted);
  const between = processorSeconds();
  const predictStarted = performance.now();
  const predictions = predictCustomers(fitted, summary, histories, undefined, {
    time: 39,
    unitDays: 7,
    annualDiscountRate: 0.1,
  });
  const predictSeconds = seconds(predictStarted);
  const after = processorSeconds();
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  return {
    fitSeconds,
    fitProcessorSeconds: between - before,
    predictSeconds,
    predictProcessorSeconds: after - between,
    parameters: [...fitted.parameters],
    expected: total(predictions.expectedTransactions),
    alive: total(predictions.probabilityAlive),
  };
}

/** The whole command: transactions in, a row of CLV per customer out. */
async function command() {
  const given = ["--amount", "amount", "--calibration-end", "1997-09-30", "--horizon-days", "365"];
  const file = join(folder, "transactions.csv");
  const predictions = join(folder, "predictions.parquet");
  await main(["fit", "bg-nbd", file, ...given, "--predictions", predictions, "--quiet"]);
  return { commandSeconds: seconds(started) };
}
