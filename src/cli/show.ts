import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import type { CleanValues } from "../clean/index.ts";
import type { FeatureValues } from "../features/index.ts";
import type { IngestValues } from "../ingest/index.ts";
import type { Language } from "../language/catalogue.ts";
import type { PredictValues } from "../predict/index.ts";
import { backtestLines } from "../report/show/backtest.ts";
import { cleanLines } from "../report/show/clean.ts";
import { customerLines } from "../report/show/customer.ts";
import { effectLines } from "../report/show/effects.ts";
import { featureLines } from "../report/show/features.ts";
import { frontierLines } from "../report/show/frontier.ts";
import { mergeLines } from "../report/show/identities.ts";
import { planLines } from "../report/show/plan.ts";
import { predictLines } from "../report/show/predict.ts";
import { relationLines } from "../report/show/relation.ts";
import { sourceLines } from "../report/show/sources.ts";
import { trainLines } from "../report/show/train.ts";
import { summaryLines } from "../report/summary-text.ts";
import { Project } from "../runs/project.ts";
import { ArtifactStore } from "../runs/store.ts";
import type { RunSummary } from "../schema/summary.ts";
import type { TrainValues } from "../train/index.ts";
import { customerView } from "./customer.ts";
import { identityMergesOf } from "./identities.ts";
import { type CommandContext, printResult } from "./options.ts";
import { subjects } from "./subjects.ts";

/** What `--json` prints, and the lines for people. */
interface View {
  document: unknown;
  lines(language: Language): string[];
}

/** `longrun show`: the last run in words, what one stage found, or all that is known of one customer. */
export async function show(context: CommandContext, subject = "summary", customerId?: string): Promise<void> {
  const project = new Project(context.options.project);
  project.requireExisting();
  const { document, lines } = await viewOf(project, subject, customerId);
  printResult(context, document, () => lines(context.language));
}

async function viewOf(project: Project, subject: string, customerId?: string): Promise<View> {
  if (subject === "customer") {
    if (customerId === undefined) throw new InputError("customer_not_named", {});
    const found = await customerView(project, customerId);
    return { document: found, lines: (language) => customerLines(found, language) };
  }
  if (!Object.hasOwn(views, subject))
    throw new InputError("unknown_subject", { subject, known: [...subjects, "customer"] });
  return views[subject as keyof typeof views](project);
}

const views: Readonly<Record<(typeof subjects)[number], (project: Project) => View | Promise<View>>> = {
  summary: (project) => ofSummary(project, (summary) => summary, summaryLines),
  sources: (project) => ({
    document: project.sources(),
    lines: (language) =>
      sourceLines(project.sources().length > 0 ? stageValues<IngestValues>(project, "ingest") : noSources, language),
  }),
  plan: (project) => ofSummary(project, ({ plan }) => plan, planLines),
  effects: (project) => ofSummary(project, ({ effects }) => effects, effectLines),
  backtest: (project) => ofSummary(project, ({ backtest }) => backtest, backtestLines),
  relation: (project) => ofSummary(project, ({ relation }) => relation ?? null, relationLines),
  frontier: (project) => ofSummary(project, ({ frontier }) => frontier, frontierLines),
  ingest: (project) => ofStage<IngestValues>(project, "ingest", sourceLines),
  clean: (project) => {
    const { rules, ruleEffects, ...values } = stageValues<CleanValues>(project, "clean");
    return {
      document: { ...values, rules: ruleEffects, tables: rules },
      lines: (language) => cleanLines({ ...values, rules, ruleEffects }, language),
    };
  },
  features: (project) => ofStage<FeatureValues>(project, "features", featureLines),
  train: (project) =>
    ofStage<TrainValues>(project, "train", (values, language) => trainLines(values, findSummary(project), language)),
  identities: async (project) => {
    const merges = await identityMergesOf(project);
    return { document: merges, lines: (language) => mergeLines(merges, language) };
  },
  predict: (project) =>
    ofStage<PredictValues>(project, "predict", (values, language) =>
      predictLines(values, findSummary(project), language),
    ),
  optimize: (project) => ({
    document: stageValues(project, "optimize"),
    lines: (language) => {
      const summary = lastSummary(project);
      return [...planLines(summary, language), "", ...frontierLines(summary, language)];
    },
  }),
  evaluate: (project) => ({
    document: stageValues(project, "evaluate"),
    lines: (language) => summaryLines(lastSummary(project), language),
  }),
};

const noSources: IngestValues = { sources: [], replaced: [] };

function ofSummary(
  project: Project,
  part: (summary: RunSummary) => unknown,
  lines: (summary: RunSummary, language: Language) => string[],
): View {
  const summary = lastSummary(project);
  return { document: part(summary), lines: (language) => lines(summary, language) };
}

function ofStage<Values>(
  project: Project,
  stage: string,
  lines: (values: Values, language: Language) => string[],
): View {
  const values = stageValues<Values>(project, stage);
  return { document: values, lines: (language) => lines(values, language) };
}

/** What a finished stage recorded about itself. */
export function stageValues<Values>(project: Project, stage: string): Values {
  const artifact = new ArtifactStore(project.artifacts).find<Values>(stage);
  if (!artifact) throw new InputError("unknown_stage_output", { stage, path: project.directory });
  return artifact.values;
}

function lastSummary(project: Project): RunSummary {
  const summary = findSummary(project);
  if (!summary) throw new InputError("unknown_stage_output", { stage: "summary", path: project.directory });
  return summary;
}

function findSummary(project: Project): RunSummary | undefined {
  const path = join(project.state, "summary.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as RunSummary) : undefined;
}
