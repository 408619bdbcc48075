import type { Concept } from "./concepts.ts";
import type { Quadrant } from "./relation.ts";

/** Why a customer's forecast differs from the typical customer's, as far as one concept goes; amounts in major units. */
export interface ReasonSummary {
  concept: Concept;
  /** The feature that speaks for the concept. */
  feature: string;
  unit: string;
  /** What a place of the vocabulary stands for. */
  word?: string;
  /** What the numbers of a word stand for, from 1 on. */
  words?: readonly string[];
  /** The customer's own value of the feature, and the typical customer's; null where missing. */
  own: number | null;
  typical: number | null;
  /** Shapley value of the whole concept; with those of all other concepts it adds up to the difference. */
  effect: number;
  /** Of the effect, from sampling orders. */
  standardError: number;
}

/** One forecast of the value network with its reasons, the strongest first; what the run uses is a blend of it with others. */
export interface ExplainedForecast {
  horizonDays: number;
  value: number;
  /** The network's forecast of the typical customer. */
  typicalValue: number;
  reasons: ReasonSummary[];
}

/** What the predict stage says of the reasons it wrote. */
export interface ReasonValues {
  /** Customers explained: those of the highest CLV, an even sample of the others, and the examples. */
  explained: number;
  /** The middle customer of each quadrant by CLV, where anybody stands in it. */
  middle: { customerId: string; quadrant: Quadrant }[];
  horizonsDays: number[];
  /** The typical customer's features, in the order of the network's; null where most customers lack it. */
  typical: (number | null)[];
  /** His forecasts, by horizon. */
  typicalValues: number[];
  /** Largest relative distance of the effects of a forecast from adding up. */
  completenessError: number;
}

export interface ReasonsSummary extends Omit<ReasonValues, "typical" | "middle"> {
  /** The middle customer of each quadrant, with the three strongest reasons of the CLV. */
  examples: { customerId: string; quadrant: Quadrant; forecast: ExplainedForecast }[];
}
