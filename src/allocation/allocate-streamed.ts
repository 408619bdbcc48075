import { InputError } from "../base/errors.ts";
import { type Progress, part as partOf, silentProgress } from "../base/progress.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { type FrontierPoint, withPrices } from "./frontier.ts";
import { type Part, scaled } from "./part.ts";
import { type PlanPart, sumsOfPlan, writePlan } from "./plan-file.ts";
import { reasonsOf } from "./reasons.ts";
import type { AllocationReport, FileAllocationOptions } from "./report.ts";
import { type RulePrice, rulePrice, underRules } from "./rules.ts";
import { settle } from "./settlement.ts";
import { type AllocationFile, type CellsFile, readWhole, slicesOf, writeCells } from "./slices.ts";
import { type StreamedPlan, streamedPlan } from "./streamed-plan.ts";
import { type AllocationTable, bytesPerCustomer, memoryMbOf } from "./table.ts";

/** How a part of the file is solved and reported. */
type View = (file: AllocationFile) => Pick<Part, "problem" | "means">;

const mostSampleCustomers = 200_000;
/** Of whom a sample says something, and whose matrices hardly count. */
const fewestHeld = 1000;
const cellsPerSlice = 1 << 18;
/** Of the whole time, what checking and sorting usually take; and of what is left then, the next pass. */
const shareOfSorting = 0.4;
const shareOfPass = 0.45;

/**
 * Allocates a table that memory does not hold: `streamedPlan` in place of `allocate`, the same report and the same file. Rules, frontier and
 * caution are priced by more plans of the same kind. Throws InputError not_streamed for what needs everybody at once, and the errors of
 * `streamedPlan` and `writePlan`.
 */
export async function allocateStreamed(
  engine: DuckdbEngine,
  table: AllocationTable,
  given: FileAllocationOptions,
): Promise<AllocationReport> {
  refuseNotStreamed(table, given);
  const { balance, caution, frontierPoints = 0 } = given;
  const streamed = await Streamed.open(engine, table, given);
  const plan = await streamed.plan(asReported, balance);
  const counted =
    caution > 0 && given.forbid.length + given.force.length > 0 ? await streamed.plan(asCounted, balance) : plan;
  const rules = await streamed.rulePrices(counted, balance);
  const frontier: FrontierPoint[] = [];
  for (let point = 0; point < frontierPoints; point++) {
    const at = point / (frontierPoints - 1);
    const { totals, objective, bound, gap } = await streamed.plan(asCounted, at);
    frontier.push({ balance: at, ...totals, objective, bound, gap, knee: false });
  }
  const priceOfCaution = caution > 0 ? (await streamed.plan(bold, balance)).objective - meanWorth(plan, balance) : 0;
  const { used, ...totals } = given.out === undefined ? reported(plan) : await streamed.write(given.out, plan, balance);
  const { rows, counts, objective, bound, gap, relaxationGap, passes, openChoice } = plan;
  return {
    customers: table.customers,
    actions: Object.fromEntries(table.actions.map((action, at) => [action, counts[at]])),
    balance,
    ...(table.currency !== undefined && { currency: table.currency }),
    objective,
    ...totals,
    bound,
    gap,
    relaxationGap,
    prices: Object.fromEntries(rows.map(({ name, price }) => [name, price])),
    rows: rows.map(({ name, ...row }, at) => ({ row: name, ...row, used: used[at] })),
    explorationShare: 0,
    explorationCost: 0,
    rules,
    ...(caution > 0 && { caution: { deviations: caution, price: priceOfCaution } }),
    ...(frontierPoints > 0 && { frontier: withPrices(frontier) }),
    streamed: { passes, sampleCustomers: streamed.sampleCustomers, openCustomers: openChoice.length },
  };
}

function refuseNotStreamed(table: AllocationTable, { explorationShare, risk, memoryMb }: FileAllocationOptions): void {
  const option = table.header.includes("curve")
    ? "curve"
    : risk !== undefined
      ? "--scenarios"
      : explorationShare > 0
        ? "--explore"
        : undefined;
  if (option !== undefined)
    throw new InputError("not_streamed", { option, memory: memoryMb, needed: Math.ceil(memoryMbOf(table)) });
}

const cautiousOf = ({ problem, cautious }: AllocationFile) => ({ ...problem, ...cautious });

/** Solved with caution and rules, reported by the effects' means. */
const asReported: View = (file) => ({ problem: underRules(cautiousOf(file), file.rules), means: file.problem });

/** Reported as it is solved. */
const asCounted: View = (file) => sameMeans(underRules(cautiousOf(file), file.rules));

/** Without caution. */
const bold: View = (file) => sameMeans(underRules(file.problem, file.rules));

const sameMeans = (problem: Part["problem"]) => ({ problem, means: problem });

const reported = ({ totals, rows }: StreamedPlan) => ({ ...totals, used: rows.map(({ used }) => used) });

const meanWorth = ({ totals: { short, long } }: StreamedPlan, balance: number) =>
  (1 - balance) * short + balance * long;

/** A file whose customers are read again for every plan. */
class Streamed {
  readonly sampleCustomers: number;
  readonly #engine: DuckdbEngine;
  readonly #cells: CellsFile;
  readonly #sample: AllocationFile;
  readonly #mostOpen: number;
  readonly #progress: Progress;
  #done = shareOfSorting;

  static async open(engine: DuckdbEngine, table: AllocationTable, { memoryMb, progress }: FileAllocationOptions) {
    const cells = await writeCells(engine, table);
    const mostOpen = Math.max(fewestHeld, Math.floor((memoryMb * 1e6) / bytesPerCustomer(table)));
    const oneOf = Math.max(1, Math.round(table.customers / Math.min(mostOpen, mostSampleCustomers)));
    const sample = await readWhole(engine, await writeCells(engine, table, { name: "sample", oneOf }));
    return new Streamed(engine, cells, sample, mostOpen, progress ?? silentProgress);
  }

  private constructor(
    engine: DuckdbEngine,
    cells: CellsFile,
    sample: AllocationFile,
    mostOpen: number,
    progress: Progress,
  ) {
    this.#engine = engine;
    this.#cells = cells;
    this.#sample = sample;
    this.#mostOpen = mostOpen;
    this.#progress = progress;
    this.sampleCustomers = sample.problem.customerIds.length;
  }

  plan(view: View, balance: number): Promise<StreamedPlan> {
    const { limits } = this.#sample;
    const factor = this.#cells.customers / Math.max(1, this.sampleCustomers);
    const sample = scaled({ ...view(this.#sample), limits }, factor);
    const source = { sample, parts: () => this.#parts(view) };
    return streamedPlan(source, { balance, mostOpen: this.#mostOpen }, () => this.#pass());
  }

  /** What each rule gives away, the others kept. */
  async rulePrices(plan: StreamedPlan, balance: number): Promise<RulePrice[]> {
    const prices: RulePrice[] = [];
    for (const [index, rule] of this.#sample.rules.entries()) {
      const others: View = (file) =>
        sameMeans(
          underRules(
            cautiousOf(file),
            file.rules.filter((_, at) => at !== index),
          ),
        );
      prices.push(rulePrice(rule, plan, await this.plan(others, balance)));
    }
    return prices;
  }

  async *#parts(view: View): AsyncGenerator<Part> {
    for await (const file of this.#slices(false)) yield { ...view(file), limits: file.limits };
  }

  #slices(withIds: boolean): AsyncGenerator<AllocationFile> {
    const size = Math.max(1, Math.floor(cellsPerSlice / this.#cells.table.actions.length));
    return slicesOf(this.#engine, this.#cells, { size, withIds });
  }

  /** Writes the plan and adds it up from the file. */
  async write(path: string, plan: StreamedPlan, balance: number) {
    await writePlan(this.#engine, path, this.#written(plan, balance));
    const sums = await sumsOfPlan(this.#engine, path, plan.rows);
    return { ...sums, total: sums.short + sums.long };
  }

  async *#written(plan: StreamedPlan, balance: number): AsyncGenerator<PlanPart> {
    const onCustomers = this.#pass();
    let next = 0;
    for await (const file of this.#slices(true)) {
      const { limits } = file;
      const part = { ...asReported(file), limits };
      const { choice, isOpen } = settle(part, balance, plan.box);
      for (let customer = 0; customer < choice.length; customer++)
        if (isOpen[customer] === 1) choice[customer] = plan.openChoice[next++];
      const given = { asGiven: cautiousOf(file), problem: part.problem, limits };
      const reasons = reasonsOf(given, { choice, rows: plan.rows }, { drawn: choice, balance });
      yield { problem: file.problem, limits, drawn: choice, ...reasons };
      onCustomers(choice.length);
    }
  }

  /** Of how many passes there will be, nothing is known: each is a share of what is left. */
  #pass(): (count: number) => void {
    const progress = partOf(this.#progress, this.#done, this.#done + shareOfPass * (1 - this.#done));
    this.#done += shareOfPass * (1 - this.#done);
    let looked = 0;
    return (count) => {
      looked += count;
      progress.report(looked, this.#cells.customers);
    };
  }
}
