import { writeFileSync } from "node:fs";
import { allocateFile } from "../allocation/allocate-file.ts";
import { type LimitText, parseLimit, parseRule } from "../allocation/limit-text.ts";
import { InputError } from "../base/errors.ts";
import { checkTablePath } from "../engine/duckdb/table-file.ts";
import { renderAllocationPage } from "../report/allocation-page.ts";
import { allocationLines } from "../report/allocation-text.ts";
import { type CommandContext, configOverrides, printResult } from "./options.ts";
import { withEngine } from "./with-engine.ts";

export interface AllocateFlags {
  balance: number;
  budget?: number;
  maxContacts?: number;
  minShort?: number;
  minLong?: number;
  minTotal?: number;
  limit?: string[];
  forbid?: string[];
  force?: string[];
  nothing?: string;
  explore: number;
  caution: number;
  scenarios?: string;
  cvar?: number;
  cvarWeight?: number;
  frontier?: number;
  out?: string;
  report?: string;
}

const memoryLimitMb = 1500;
const mostFrontierPoints = 201;
/** Drawn on a page where no number of points is stated. */
const pointsOfPage = 21;

/** `longrun allocate FILE`: who gets what under limits, on any table of values, without a project. */
export async function allocateTable(context: CommandContext, file: string, flags: AllocateFlags): Promise<void> {
  const started = context.clock.elapsedMs();
  const limits = limitsOf(flags);
  if (flags.out !== undefined) checkTablePath(flags.out);
  for (const [option, value] of Object.entries(flags))
    if (typeof value === "number" && !Number.isFinite(value)) throw new InputError("option_not_a_number", { option });
  if (flags.caution < 0) throw new InputError("negative_caution", { caution: flags.caution });
  const { report: page, scenarios, cvar, cvarWeight: weight = 1 } = flags;
  if ((scenarios === undefined) !== (cvar === undefined) || (scenarios === undefined && flags.cvarWeight !== undefined))
    throw new InputError("scenarios_and_cvar", {});
  const frontier = flags.frontier ?? (page === undefined ? undefined : pointsOfPage);
  if (frontier !== undefined && !(Number.isInteger(frontier) && frontier >= 2 && frontier <= mostFrontierPoints))
    throw new InputError("frontier_points_out_of_range", { points: frontier, most: mostFrontierPoints });
  const { seed = "longrun" } = configOverrides(context.options);
  const options = {
    balance: flags.balance,
    limits,
    forbid: (flags.forbid ?? []).map(parseRule),
    force: (flags.force ?? []).map(parseRule),
    nothing: flags.nothing,
    caution: flags.caution,
    explorationShare: flags.explore,
    seed: String(seed),
    frontierPoints: frontier,
    ...(scenarios !== undefined && cvar !== undefined && { risk: { scenarios, tailShare: cvar, weight } }),
    out: flags.out,
  };
  const report = await withEngine(context, (engine) => allocateFile(engine, file, options), { memoryLimitMb });
  if (page !== undefined) writeFileSync(page, renderAllocationPage(file, report, context.language));
  const document = {
    ...report,
    seconds: (context.clock.elapsedMs() - started) / 1000,
    ...(page !== undefined && { files: { report: page } }),
  };
  printResult(context, document, () => [
    ...allocationLines(document, context.language),
    ...(page === undefined ? [] : [page]),
  ]);
}

/** The named options and the free ones, each name once. Throws InputError unreadable_limit, repeated_limit. */
function limitsOf({ budget, maxContacts, minShort, minLong, minTotal, limit = [] }: AllocateFlags): LimitText[] {
  const named = (name: string, column: string, sense: LimitText["sense"], value: number | undefined): LimitText[] =>
    value === undefined ? [] : [{ name, sense, limit: value, terms: [{ factor: 1, column, where: [] }] }];
  const limits = [
    ...named("budget", "cost", "at_most", budget),
    ...named("contacts", "contacts", "at_most", maxContacts),
    ...named("short", "short", "at_least", minShort),
    ...named("long", "long", "at_least", minLong),
    ...named("total", "total", "at_least", minTotal),
    ...limit.map(parseLimit),
  ];
  for (const [at, { name }] of limits.entries())
    if (limits.findIndex((other) => other.name === name) < at) throw new InputError("repeated_limit", { name });
  return limits;
}
