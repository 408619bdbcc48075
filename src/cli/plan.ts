import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { InputError } from "../base/errors.ts";
import { type PlanReport, solvePlan } from "../plan/plan.ts";
import { renderPlanPage } from "../report/multi-period-page.ts";
import { planLines } from "../report/multi-period-text.ts";
import { readingWords } from "../report/reading-text.ts";
import { type CommandContext, printResult } from "./options.ts";

export interface PlanFlags {
  report?: string;
}

/** `longrun plan FILE.json`: the best levers over several periods, without a project. */
export async function plan(context: CommandContext, file: string, { report: page }: PlanFlags): Promise<void> {
  const report = solvePlan(readJson(file), { seed: context.options.seed });
  if (page !== undefined) writeFileSync(page, renderPlanPage(file, report, context.language));
  const document = { ...planDocument(report, context), ...(page === undefined ? {} : { files: { report: page } }) };
  printResult(context, document, () => [...planLines(report, context.language), ...(page === undefined ? [] : [page])]);
}

function planDocument({ solution, multipliers, kkt, solver, readings }: PlanReport, { language }: CommandContext) {
  const explained = readings.map((reading) => ({ ...reading, ...readingWords(reading, language) }));
  return { solution, multipliers, kkt, solver, readings: explained };
}

/** Throws InputError `missing_file`, `not_a_file`, `plan_not_json`. */
function readJson(path: string): unknown {
  if (!existsSync(path)) throw new InputError("missing_file", { path });
  if (statSync(path).isDirectory()) throw new InputError("not_a_file", { path });
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new InputError("plan_not_json", { path, problem: (error as Error).message }, { cause: error });
  }
}
