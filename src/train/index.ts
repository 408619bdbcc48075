import { isoDate } from "../base/clock.ts";
import { ModelError } from "../base/errors.ts";
import { inLanes } from "../base/lanes.ts";
import { sideBySide } from "../base/progress.ts";
import { type Blend, type Evidence, fitBlend } from "../blend/blend.ts";
import { fitPastSpendLevels, forecastByMembers } from "../blend/members.ts";
import { readSubject } from "../blend/subject.ts";
import {
  type AverageEffect,
  type EffectDiagnostics,
  type EffectModel,
  fitEffects,
} from "../models/doubly-robust-effects.ts";
import type { NetworkCard } from "../models/value-network.ts";
import { type BasketValues, readBaskets } from "../panel/baskets.ts";
import { readDecisions, readTreatments } from "../panel/decisions.ts";
import type { Stacking } from "../panel/origins.ts";
import { type PanelValues, readPanel, withHorizonsUpTo } from "../panel/panel.ts";
import type { Artifact } from "../runs/artifact.ts";
import type { StageContext } from "../runs/context.ts";
import type { NetworkName } from "../schema/blend.ts";
import type { LearningCurve } from "../schema/learning-curve.ts";
import type { LifetimeModel } from "../schema/lifetime-model.ts";
import { heldOutEffects } from "./held-out-effects.ts";
import { lifetimeModelAt } from "./lifetime-model.ts";
import { type NamedNetwork, trainNetworks } from "./networks.ts";
import type { SequenceOptions, ValueNetworkOptions } from "./value-network.ts";

export interface TrainOptions extends ValueNetworkOptions {
  sequence: SequenceOptions;
  /** Of the labels: members forecast alike. */
  annualDiscountRate: number;
}

export interface TrainInput {
  cleaned: Artifact<{ currency: string }>;
  featured: Artifact<
    PanelValues & BasketValues & { testOrigins: readonly number[]; stacking?: Stacking; modifiers: readonly string[] }
  >;
}

export interface TrainValues {
  /** Networks trained on what was known at `cutoff`: of each architecture one per test origin, the last for today. */
  networks: {
    name: NetworkName;
    cutoff: number;
    onnx: string;
    card: string;
    rows: number;
    learning: LearningCurve[];
  }[];
  /** Fitted at the same cut-offs. */
  lifetimeModels: (LifetimeModel & { cutoff: number; file: string })[];
  /** At the same cut-offs, each stacked on earlier origins. */
  blends: (Blend & { file: string })[];
  /** Absent where no randomised decision was logged. */
  effects?: {
    model: string;
    status: EffectModel["status"];
    averages: AverageEffect[];
    diagnostics: EffectDiagnostics;
  };
  refused?: { code: string; details: Record<string, unknown> };
}

/**
 * Trains the networks and fits the lifetime model, once per test origin on what was known then and once on everything; blends them
 * and the baselines by how they did at earlier origins, for which they are fitted once more before the first test origin; and
 * learns the effects.
 */
export async function train(
  { cleaned, featured }: TrainInput,
  options: TrainOptions,
  context: StageContext,
): Promise<TrainValues> {
  const { annualDiscountRate, ...networkOptions } = options;
  const { testOrigins, stacking, asOf, horizonsDays } = featured.values;
  const baskets = await readBaskets(context.engine, featured, asOf);
  const everything = {
    panel: await readPanel(context.engine, featured, { earliest: 0, latest: asOf - 1 }),
    values: featured.values,
  };
  const cutoffs = [...(stacking ? [stacking.origin] : []), ...testOrigins, asOf].sort((a, b) => a - b);
  const knownAt = (cutoff: number) =>
    cutoff === stacking?.origin
      ? withHorizonsUpTo(stacking.horizonDays, everything.panel, everything.values)
      : everything;
  const [learning, measuring] = sideBySide(context.progress, [0.8, 0.2]);
  let trained = new Map<number, NamedNetwork[]>();
  const fitted = new Map<number, LifetimeModel>();
  let effects: Partial<TrainValues> = {};
  // Networks learn in threads of their own; what else is fitted is fitted here meanwhile.
  const learnNetworks = async () => {
    trained = await trainNetworks(cutoffs, knownAt, baskets, networkOptions, { ...context, progress: learning });
  };
  const fitTheRest = async () => {
    for (const cutoff of cutoffs) fitted.set(cutoff, await lifetimeModelAt(cutoff, cleaned, context.engine));
    effects = await trainEffects({ cleaned, featured }, { ...context, progress: measuring });
  };
  await inLanes([learnNetworks, fitTheRest], 2, (work) => work());

  const networks: TrainValues["networks"] = [];
  const lifetimeModels: TrainValues["lifetimeModels"] = [];
  const blends: TrainValues["blends"] = [];
  const evidence: Evidence[] = [];
  for (const cutoff of cutoffs) {
    const [network, sequence] = trained.get(cutoff) as NamedNetwork[];
    const lifetimeModel = fitted.get(cutoff) as LifetimeModel;
    const pastSpendLevels = fitPastSpendLevels(everything.panel, everything.values, cutoff);
    if (cutoff !== stacking?.origin) {
      for (const one of [network, ...(sequence ? [sequence] : [])]) networks.push(await written(one, cutoff, context));
      const file = `lifetime-model-${isoDate(cutoff)}.json`;
      await context.output.writeFile(file, `${JSON.stringify(lifetimeModel)}\n`);
      lifetimeModels.push({ ...lifetimeModel, cutoff, file });
      const blend = fitBlend(cutoff, { horizonsDays, evidence, pastSpendLevels, seed: context.seed });
      blends.push({ ...blend, file: `blend-${isoDate(cutoff)}.json` });
      await context.output.writeFile(`blend-${isoDate(cutoff)}.json`, `${JSON.stringify(blend)}\n`);
    }
    if (cutoff === asOf) continue;
    const subject = await readSubject(cutoff, { cleaned, featured }, baskets, context.engine);
    const models = { network, sequence, lifetimeModel, pastSpendLevels };
    const { forecasts } = await forecastByMembers(models, subject, { horizonsDays, annualDiscountRate });
    evidence.push({ origin: cutoff, customers: subject.panel.rows, forecasts, outcomes: subject.panel.outcomes });
  }
  return { networks, lifetimeModels, blends, ...effects };
}

const fileStems: Readonly<Record<NetworkName, string>> = { network: "value-network", sequence: "sequence-network" };

async function written({ name, onnx, card, rows }: NamedNetwork, cutoff: number, { output }: StageContext) {
  const stem = `${fileStems[name]}-${isoDate(cutoff)}`;
  await output.writeFile(`${stem}.onnx`, onnx);
  await output.writeFile(`${stem}.json`, `${JSON.stringify(card satisfies NetworkCard)}\n`);
  const learning = card.members.map(({ divergedEpochs, ...curve }) => curve);
  return { name, cutoff, onnx: `${stem}.onnx`, card: `${stem}.json`, rows, learning };
}

async function trainEffects({ cleaned, featured }: TrainInput, context: StageContext): Promise<Partial<TrainValues>> {
  const decisions = await readDecisions(context.engine, featured, await readTreatments(context.engine, cleaned));
  if (!decisions) return {};
  const options = { seed: context.seed, modifiers: featured.values.modifiers };
  try {
    const { model, averages, diagnostics, scores } = fitEffects(decisions, options);
    context.progress.report(2, 3);
    await context.output.writeFile("effects.json", `${JSON.stringify(model)}\n`);
    await context.output.writeColumns("held_out_effects", heldOutEffects(decisions, scores, options));
    return { effects: { model: "effects.json", status: model.status, averages, diagnostics } };
  } catch (error) {
    // Too few decisions is an answer, not a failure: the plan then asks for an experiment.
    if (error instanceof ModelError) return { refused: { code: error.code, details: { ...error.details } } };
    throw error;
  }
}
