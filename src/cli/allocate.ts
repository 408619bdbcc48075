import { writeFileSync } from "node:fs";
import { allocateFile } from "../allocation/allocate-file.ts";
import { type LimitText, parseAmount, parseLimit, parseRule } from "../allocation/limit-text.ts";
import { InputError } from "../base/errors.ts";
import { checkTablePath } from "../engine/duckdb/table-file.ts";
import { renderAllocationPage } from "../report/allocation-page.ts";
import { allocationLines } from "../report/allocation-text.ts";
import { type CommandContext, configOverrides, printResult } from "./options.ts";
import { withEngine } from "./with-engine.ts";

export interface AllocateFlags {
  balance: number;
  budget?: string;
  maxContacts?: number;
  minShort?: string;
  minLong?: string;
  minTotal?: string;
  currency?: string;
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
  memory: number;
}

/** Of the engine, which spills beyond it. */
const [leastEngineMb, mostEngineMb] = [300, 1500];
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
  if (flags.currency !== undefined && !/^[A-Z]{3}$/.test(flags.currency))
    throw new InputError("currency_not_a_code", { currency: flags.currency });
  if (flags.caution < 0) throw new InputError("negative_caution", { caution: flags.caution });
  if (!(flags.memory > 0)) throw new InputError("memory_not_positive", { memory: flags.memory });
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
    currency: flags.currency,
    explorationShare: flags.explore,
    seed: String(seed),
    frontierPoints: frontier,
    ...(scenarios !== undefined && cvar !== undefined && { risk: { scenarios, tailShare: cvar, weight } }),
    memoryMb: flags.memory,
    progress: context.terminal.progress("allocate"),
    out: flags.out,
  };
  const memoryLimitMb = Math.round(Math.min(mostEngineMb, Math.max(leastEngineMb, flags.memory)));
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

/**
 * The named options and the free ones, each name once. Throws InputError unreadable_limit, repeated_limit, option_not_a_number,
 * option_not_an_amount.
 */
function limitsOf({ budget, maxContacts, minShort, minLong, minTotal, limit = [] }: AllocateFlags): LimitText[] {
  const limits = [
    ...named({ name: "budget", column: "cost", sense: "at_most" }, amountOf("budget", budget)),
    ...named(
      { name: "contacts", column: "contacts", sense: "at_most" },
      maxContacts === undefined ? undefined : { limit: maxContacts },
    ),
    ...named({ name: "short", column: "short", sense: "at_least" }, amountOf("minShort", minShort)),
    ...named({ name: "long", column: "long", sense: "at_least" }, amountOf("minLong", minLong)),
    ...named({ name: "total", column: "total", sense: "at_least" }, amountOf("minTotal", minTotal)),
    ...limit.map(parseLimit),
  ];
  for (const [at, { name }] of limits.entries())
    if (limits.findIndex((other) => other.name === name) < at) throw new InputError("repeated_limit", { name });
  return limits;
}

function named(
  { name, column, sense }: { name: string; column: string; sense: LimitText["sense"] },
  amount: Pick<LimitText, "limit" | "currency"> | undefined,
): LimitText[] {
  return amount === undefined ? [] : [{ name, sense, ...amount, terms: [{ factor: 1, column, where: [] }] }];
}

function amountOf(option: string, stated: string | undefined) {
  if (stated === undefined) return undefined;
  const amount = parseAmount(stated);
  if (!Number.isFinite(amount.limit)) throw new InputError("option_not_an_amount", { option, stated });
  return amount;
}
