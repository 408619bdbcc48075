import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { Concept } from "../schema/concepts.ts";
import type { ExplainedForecast, ReasonsSummary, ReasonValues } from "../schema/reasons.ts";

const mostReasons = 3;

export interface ReasonsInput {
  readonly predicted: Artifact<{ reasons: ReasonValues }>;
  /** Of the features. */
  readonly catalogue: readonly {
    readonly name: string;
    readonly unit: string;
    readonly word?: string;
    readonly words?: readonly string[];
  }[];
}

/** What reasons rest on, and those of a handful of customers. */
export async function reasonsSummary(engine: Engine, { predicted, catalogue }: ReasonsInput): Promise<ReasonsSummary> {
  const { typical: _, middle, ...values } = predicted.values.reasons;
  const types = {
    customer_id: "text",
    horizon_days: "integer",
    place: "integer",
    concept: "text",
    feature: "text",
    own: "double",
    typical: "double",
    effect: "double",
    standard_error: "double",
  } as const;
  const r = namedTable(await openTable(engine, predicted, "reasons", types), types, "r");
  const horizonDays = values.horizonsDays[values.horizonsDays.length - 1];
  const known = new Map(catalogue.map((feature) => [feature.name, feature]));
  const examples: ReasonsSummary["examples"] = [];
  for (const { customerId, quadrant } of middle) {
    const { rows, texts, numbers } = await engine.collect(
      from(r)
        .where(r.columns.customer_id.equals(customerId), r.columns.horizon_days.equals(horizonDays))
        .select(r.columns)
        .orderBy(r.columns.place),
    );
    const all = Array.from({ length: rows }, (_, row): ExplainedForecast["reasons"][number] => {
      const feature = texts.feature[row] as string;
      return {
        concept: texts.concept[row] as Concept,
        feature,
        unit: known.get(feature)?.unit ?? "ratio",
        word: known.get(feature)?.word,
        words: known.get(feature)?.words,
        own: nullIfMissing(numbers.own[row]),
        typical: nullIfMissing(numbers.typical[row]),
        effect: numbers.effect[row],
        standardError: numbers.standard_error[row],
      };
    });
    const typicalValue = values.typicalValues[values.typicalValues.length - 1];
    const value = all.reduce((sum, { effect }) => sum + effect, typicalValue); // effects add up to the forecast
    const reasons = all.slice(0, mostReasons);
    examples.push({ customerId, quadrant, forecast: { horizonDays, value, typicalValue, reasons } });
  }
  return { ...values, examples };
}

const nullIfMissing = (value: number) => (Number.isNaN(value) ? null : value);
