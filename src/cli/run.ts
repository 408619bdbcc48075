import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../base/errors.ts";
import { translate } from "../language/catalogue.ts";
import { run } from "../pipeline.ts";
import { renderReport } from "../report/report.ts";
import { summaryLines } from "../report/summary-text.ts";
import { readConfig } from "../runs/config.ts";
import { Project, replaceFile } from "../runs/project.ts";
import type { RunSummary } from "../schema/summary.ts";
import type { ShopOptions } from "../simulate/shop.ts";
import { type CommandContext, configOverrides, printResult } from "./options.ts";
import { runDoors } from "./run-doors.ts";

/** `longrun run`: the seven stages, a summary, a report. */
export async function runProject(context: CommandContext): Promise<void> {
  const summary = await runAndReport(context, new Project(context.options.project));
  printResult(context, summary, () => [
    ...summaryLines(summary, context.language),
    translate(context.language, "report_written", { path: summary.files.report }),
    translate(context.language, "next_command", { command: "longrun show plan" }),
  ]);
}

/** Runs a project, writes its report and summary, and returns the summary. */
export async function runAndReport(context: CommandContext, project: Project): Promise<RunSummary> {
  project.requireExisting();
  if (project.sources().length === 0) throw new DataError("no_sources", { path: project.directory });
  const config = await readConfig(project.directory, configOverrides(context.options));
  return project.locked(async () => {
    const summary = await run(project, config, runDoors(context), { simulation: simulationOf(project) });
    const report = join(project.directory, "longrun-report.html");
    const complete = { ...summary, files: { ...summary.files, report } };
    replaceFile(report, renderReport(complete, context.language));
    replaceFile(join(project.state, "summary.json"), `${JSON.stringify(complete)}\n`);
    return complete;
  });
}

/** A simulated shop carries the options it was made with, so that its truth can be replayed. */
function simulationOf(project: Project): ShopOptions | undefined {
  const path = join(project.state, "simulation.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as ShopOptions) : undefined;
}
