import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { part } from "../base/progress.ts";
import { formatNumber, translate } from "../language/catalogue.ts";
import { summaryLines } from "../report/summary-text.ts";
import { Project, replaceFile } from "../runs/project.ts";
import { hashOfFile } from "../runs/store.ts";
import { writeRawExports, writeTruth } from "../simulate/export.ts";
import { mostCustomers, type ShopOptions, simulateShop } from "../simulate/shop.ts";
import { type WorldName, worldParameters } from "../simulate/worlds.ts";
import { type CommandContext, printResult } from "./options.ts";
import { runAndReport } from "./run.ts";

const months = 48;
/** With fewer customers there is nothing to see. */
const leastCustomers = 200;

/** `longrun demo`: makes a shop whose truth is known, runs the chain on its raw exports, and says what the plan really earned. */
export async function demo(
  context: CommandContext,
  given: { customers: string; world: WorldName; open: boolean },
): Promise<void> {
  const { world, open } = given;
  const customers = Number(given.customers);
  if (!Number.isInteger(customers) || customers < leastCustomers || customers > mostCustomers)
    throw new InputError("invalid_shop_size", {
      option: "customers",
      value: given.customers,
      least: leastCustomers,
      most: mostCustomers,
    });
  worldParameters(world); // an unknown one is refused before anything is written
  const directory = context.options.project === "." ? "demo-shop" : context.options.project;
  const shop: ShopOptions = { customers, months, seed: context.options.seed ?? "longrun", world };
  const project = new Project(directory);
  project.create();
  await makeShop(context, project, shop);
  const summary = await runAndReport(context, project);
  printResult(context, summary, () => [
    ...summaryLines(summary, context.language),
    translate(context.language, "report_written", { path: summary.files.report }),
    translate(context.language, "next_command", { command: "longrun init && longrun import FILE… && longrun run" }),
  ]);
  if (open && process.stdout.isTTY) openInBrowser(summary.files.report);
}

async function makeShop(
  { terminal, clock, language }: CommandContext,
  project: Project,
  options: ShopOptions,
): Promise<void> {
  const startedMs = clock.elapsedMs();
  const progress = terminal.progress("simulate");
  const [living, writing] = [part(progress, 0, 0.4), part(progress, 0.4, 0.9)];
  const raw = join(project.directory, "raw");
  const truth = join(project.directory, "truth");
  for (const folder of [raw, truth]) rmSync(folder, { recursive: true, force: true });
  const shop = simulateShop(options, living.report);
  const files = await writeRawExports(shop, raw, writing.report);
  await writeTruth(shop, truth);
  replaceFile(join(project.state, "simulation.json"), `${JSON.stringify(options)}\n`);
  project.saveSources(
    files.map((path) => ({
      sourceId: path.slice(project.directory.length + 1),
      path,
      sha256: hashOfFile(path),
      preset: "longrun",
    })),
  );
  const customers = translate(language, "customers", { customers: formatNumber(language, options.customers) });
  terminal.made("simulate", customers, (clock.elapsedMs() - startedMs) / 1000);
}

function openInBrowser(path: string): void {
  const command = process.platform === "darwin" ? "open" : process.platform === "win32" ? "explorer" : "xdg-open";
  const viewer = spawn(command, [path], { stdio: "ignore", detached: true });
  viewer.on("error", () => {}); // no browser here: the path was printed
  viewer.unref();
}
