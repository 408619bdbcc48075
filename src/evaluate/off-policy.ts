import { InputError } from "../base/errors.ts";
import { clusteredMean, type Interval, normalInterval } from "../stats/intervals.ts";

/** Logged decisions and the policy to be judged on them. */
export interface OffPolicyInput {
  actions: number;
  action: ArrayLike<number>; // (rows): the action taken
  /** Probability the logging policy gave the action taken; NaN or 0 leaves the row out. */
  propensity: ArrayLike<number>; // (rows)
  reward: ArrayLike<number>; // (rows)
  /** Customer index: intervals are robust to dependence within a customer. */
  cluster: ArrayLike<number>; // (rows)
  /** Probability of every action under the policy to be judged; each row sums to 1. */
  target: ArrayLike<number>; // (rows, actions)
  /** Reward predicted for every action by a model that did not see the row; needed for DM and DR. NaN where target is 0 is fine. */
  predicted?: ArrayLike<number>; // (rows, actions)
}

export interface OffPolicyOptions {
  level?: number;
  /** Refuse below this many effective rows. Default 100. */
  smallestEffectiveRows?: number;
  /** Refuse when the mean weight is further than this from 1 and 3 standard errors away, or 3 times as far at all. Default 0.1. */
  meanWeightTolerance?: number;
  /** Refuse where less of the log than this did what the target might have done. Default 0.01. */
  smallestOverlapShare?: number;
}

export type OffPolicyRefusal = "no_usable_rows" | "too_few_effective_rows" | "low_overlap" | "mean_weight_off";

export interface PolicyValueEstimate extends Interval {
  estimate: number;
  standardError: number;
}

export interface OffPolicyDiagnostics {
  rows: number;
  clusters: number;
  excludedRows: number;
  /** (Σw)²/Σw² (Kish 1965). */
  effectiveRows: number;
  largestWeight: number;
  /** 1 in expectation when the propensities are right and the logging policy could have done all the target does. */
  meanWeight: number;
  meanWeightStandardError: number;
  /** Share of rows where the target gives the action taken any probability: the part of the log that speaks about it. */
  overlapShare: number;
}

export interface PolicyValues {
  /** Inverse propensity scores (Horvitz & Thompson 1952). */
  ips: PolicyValueEstimate;
  /** Self-normalised (Hájek 1971; Swaminathan & Joachims 2015); standard error by linearisation. */
  snips: PolicyValueEstimate;
  /** Direct method: the model's word alone. Its interval ignores the model's own error. */
  dm: PolicyValueEstimate | null;
  /** Doubly robust (Dudík, Langford & Li 2011, eq. 4). */
  dr: PolicyValueEstimate | null;
}

export type OffPolicyResult =
  | { status: "estimated"; values: PolicyValues; diagnostics: OffPolicyDiagnostics }
  | { status: "refused"; reason: OffPolicyRefusal; diagnostics: OffPolicyDiagnostics };

/**
 * Mean reward per decision had the target policy decided, from decisions another policy took. Refuses, with the reason and the
 * diagnostics, where the log cannot tell. Throws InputError "off_policy_shape" and "target_not_a_distribution".
 */
export function evaluatePolicy(input: OffPolicyInput, options: OffPolicyOptions = {}): OffPolicyResult {
  checkInput(input);
  const weights = importanceWeights(input);
  const { diagnostics, refusal } = judgeWeights(weights, input.cluster, options);
  if (refusal) return { status: "refused", reason: refusal, diagnostics };
  const values = policyValues(input, weights, diagnostics.meanWeight, options.level ?? 0.95);
  return { status: "estimated", values, diagnostics };
}

/**
 * Whether a log can tell what a policy is worth: `weights` are target(action taken)/propensity, NaN for rows that cannot be
 * used. Everything that estimates from a log asks here first.
 */
export function judgeWeights(
  weights: Float64Array,
  cluster: ArrayLike<number>,
  options: Omit<OffPolicyOptions, "level"> = {},
): { diagnostics: OffPolicyDiagnostics; refusal?: OffPolicyRefusal } {
  const { smallestEffectiveRows = 100, meanWeightTolerance = 0.1, smallestOverlapShare = 0.01 } = options;
  const diagnostics = describeWeights(cluster, weights);
  const distance = Math.abs(diagnostics.meanWeight - 1);
  const beyondChance = !(distance <= 3 * diagnostics.meanWeightStandardError);
  const isOff = distance > 3 * meanWeightTolerance || (distance > meanWeightTolerance && beyondChance);
  if (diagnostics.rows === 0) return { diagnostics, refusal: "no_usable_rows" };
  if (diagnostics.effectiveRows < smallestEffectiveRows) return { diagnostics, refusal: "too_few_effective_rows" };
  if (diagnostics.overlapShare < smallestOverlapShare) return { diagnostics, refusal: "low_overlap" };
  return isOff ? { diagnostics, refusal: "mean_weight_off" } : { diagnostics };
}

/** target(action taken)/propensity; NaN for rows that cannot be used. */
function importanceWeights({ actions, action, propensity, reward, target }: OffPolicyInput): Float64Array {
  return Float64Array.from({ length: action.length }, (_, i) =>
    propensity[i] > 0 && Number.isFinite(reward[i]) ? target[i * actions + action[i]] / propensity[i] : Number.NaN,
  );
}

function describeWeights(cluster: ArrayLike<number>, weights: Float64Array): OffPolicyDiagnostics {
  let sum = 0;
  let squares = 0;
  let largestWeight = 0;
  let overlapping = 0;
  for (const weight of weights) {
    if (Number.isNaN(weight)) continue;
    sum += weight;
    squares += weight * weight;
    largestWeight = Math.max(largestWeight, weight);
    if (weight > 0) overlapping++;
  }
  const { mean, standardError, rows, clusters } = clusteredMean(weights, cluster);
  return {
    rows,
    clusters,
    excludedRows: weights.length - rows,
    effectiveRows: squares > 0 ? (sum * sum) / squares : 0,
    largestWeight,
    meanWeight: mean,
    meanWeightStandardError: standardError,
    overlapShare: rows > 0 ? overlapping / rows : 0,
  };
}

function policyValues(input: OffPolicyInput, weights: Float64Array, meanWeight: number, level: number): PolicyValues {
  const { action, actions, reward, cluster, predicted } = input;
  const ips = weights.map((weight, i) => weight * reward[i]);
  const ratio = ips.reduce(addPresent, 0) / weights.reduce(addPresent, 0);
  // Taylor: the mean of w·(r − ratio)/w̄ is 0, and its clustered error is that of the ratio.
  const linearised = weights.map((weight, i) => ratio + (weight * (reward[i] - ratio)) / meanWeight);
  const direct = predicted && weights.map((weight, i) => (Number.isNaN(weight) ? weight : expectedReward(input, i)));
  const corrected = direct?.map((value, i) => {
    const error = weights[i] === 0 ? 0 : weights[i] * (reward[i] - predicted![i * actions + action[i]]);
    return value + error;
  });
  return {
    ips: estimateOf(ips, cluster, level),
    snips: estimateOf(linearised, cluster, level),
    dm: direct ? estimateOf(direct, cluster, level) : null,
    dr: corrected ? estimateOf(corrected, cluster, level) : null,
  };
}

function addPresent(sum: number, value: number): number {
  return Number.isNaN(value) ? sum : sum + value;
}

/** Σₖ target(k)·predicted(k): actions the target never takes are not looked at. */
function expectedReward({ actions, target, predicted }: OffPolicyInput, row: number): number {
  let sum = 0;
  for (let at = row * actions; at < (row + 1) * actions; at++) if (target[at] > 0) sum += target[at] * predicted![at];
  return sum;
}

/** Mean with an interval robust to dependence within clusters; NaN values are left out. */
export function estimateOf(values: Float64Array, cluster: ArrayLike<number>, level: number): PolicyValueEstimate {
  const { mean, standardError } = clusteredMean(values, cluster);
  return { estimate: mean, standardError, ...normalInterval(mean, standardError, level) };
}

function checkInput({ actions, action, propensity, reward, cluster, target, predicted }: OffPolicyInput): void {
  const rows = action.length;
  const columns: [string, number, number][] = [
    ["propensity", propensity.length, rows],
    ["reward", reward.length, rows],
    ["cluster", cluster.length, rows],
    ["target", target.length, rows * actions],
    ["predicted", predicted?.length ?? rows * actions, rows * actions],
  ];
  for (const [column, found, expected] of columns) {
    if (found !== expected) throw new InputError("off_policy_shape", { column, found, expected });
  }
  for (let i = 0; i < rows; i++) {
    if (!(action[i] >= 0 && action[i] < actions)) {
      throw new InputError("off_policy_shape", { column: "action", row: i, found: action[i], expected: actions });
    }
    let sum = 0;
    let least = 0;
    for (let k = 0; k < actions; k++) {
      sum += target[i * actions + k];
      least = Math.min(least, target[i * actions + k]);
    }
    if (!(Math.abs(sum - 1) < 1e-6 && least >= 0)) throw new InputError("target_not_a_distribution", { row: i, sum });
  }
}
