import {
  choleskyFactor,
  choleskyInverse,
  choleskyLogDeterminant,
  choleskySolve,
  solveRidge,
} from "../stats/linear-algebra.ts";

/** Effects of one outcome: effectₖ(x) = priorMeanₖ(x) + basis(x)·coefficientsₖ, shrunk. */
export interface ShrunkEffects {
  /** Mean predicted level: the unit of the constant basis column, which makes every coefficient a share of value. */
  meanLevel: number;
  /** Posterior means and covariances; an action that was refused has zeros and its prior covariance. */
  coefficients: number[][]; // (actions, 2 + 2·modifiers)
  covariance: number[][]; // (actions, (2 + 2·modifiers)²)
  /** Posterior mean of the prior sds, as shares of value: how much the data say that effects and their spread vary. */
  priorSd: { main: number; modifiers: number };
  clusters: number;
}

export interface EffectRegression {
  /** ψₖ − ψ₀ minus the prior mean, one column per estimable action; NaN rows are skipped. */
  contrasts: { action: number; values: Float64Array }[];
  level: Float64Array; // (rows)
  variance: Float64Array; // (rows)
  modifiers: Float64Array; // (rows, modifierCount)
  modifierCount: number;
  cluster: Int32Array; // (rows)
  rows: Int32Array;
  actions: number;
  priorRelativeSd: number;
  /**
   * "own" where the size of one action's effect says nothing about another's; "shared" where only all of them together
   * can tell an effect from chance.
   */
  priorScale: "own" | "shared";
}

/**
 * Share of the sceptical bound that a prior sd may take, and how likely we hold it beforehand: three
 * quarters for 0 ("nobody reacts"), six sevenths that nobody reacts otherwise than the average; the rest in the proportions
 * of a half-Cauchy with scale 0.2 (Gelman 2006; Polson & Scott 2012). What was tried: docs/methods/effects.md.
 */
const scaleGrid = [0, 0.1, 0.2, 0.35, 0.5, 0.75, 1];
const halfCauchy = scaleGrid.map((scale) => (scale === 0 ? 0 : 1 / (1 + (scale / 0.2) ** 2)));
const oddsOfNone = { main: 3, modifiers: 6 } as const;

/** Prior weights of the grid's scales, where 0 is so many times as likely as all others together. */
function scalePrior(odds: number): number[] {
  const others = halfCauchy.reduce((sum, weight) => sum + weight, 0);
  return halfCauchy.map((weight) => weight || odds * others);
}

export const basisSize = (modifierCount: number): number => 2 + 2 * modifierCount;

/**
 * One basis row: [mean level, level, mean level·z₁, level·z₁, …]. Not every difference between customers scales with
 * predicted value: whom an offer can win back has little of it.
 */
export function writeBasis(
  into: Float64Array,
  meanLevel: number,
  level: number,
  modifiers: Float64Array,
  row: number,
): void {
  const count = (into.length - 2) / 2;
  into[0] = meanLevel;
  into[1] = level;
  for (let m = 0; m < count; m++) {
    into[2 + 2 * m] = meanLevel * modifiers[row * count + m];
    into[3 + 2 * m] = level * modifiers[row * count + m];
  }
}

/**
 * The DR-learner (Kennedy 2023, arXiv 2004.14497) on a small basis in units of the mean value, then empirical Bayes.
 * 1. Per action: contrasts on the basis by least squares, weights 1/variance(x).
 * 2. The actions' coefficients stacked, with one cluster-robust covariance V over all of them: they share the control rows,
 *    and a customer's waves overlap.
 * 3. Prior N(0, T(s)), the sds s·priorRelativeSd on a grid of (main, modifiers), weighted by the marginal likelihood
 *    N(β̂; 0, V + T) and averaged, not maximised: with five actions the likelihood is too flat to bet on one value.
 * With own scales, steps 2 and 3 are done for each action by itself.
 */
export function shrinkEffects(input: EffectRegression): ShrunkEffects {
  const size = basisSize(input.modifierCount);
  const meanLevel = input.rows.reduce((sum, row) => sum + input.level[row], 0) / input.rows.length;
  const { coefficients, covariance } = emptyPosterior(input, size);
  const groups = input.priorScale === "own" ? input.contrasts.map((contrast) => [contrast]) : [input.contrasts];
  const priorSd = { main: 0, modifiers: 0 };
  for (const contrasts of groups) {
    const stacked = stackedEstimate({ ...input, contrasts }, meanLevel, size);
    const posterior = averageOverScales(stacked, input, size);
    priorSd.main += posterior.priorSd.main / groups.length;
    priorSd.modifiers += posterior.priorSd.modifiers / groups.length;
    const total = stacked.estimate.length;
    contrasts.forEach(({ action }, block) => {
      for (let i = 0; i < size; i++) {
        coefficients[action][i] = posterior.mean[block * size + i];
        for (let j = 0; j < size; j++) {
          covariance[action][i * size + j] = posterior.covariance[(block * size + i) * total + block * size + j];
        }
      }
    });
  }
  return { meanLevel, coefficients, covariance, priorSd, clusters: denseClusters(input.cluster, input.rows).count };
}

function priorVariances(size: number, modifierCount: number, main: number, modifiers: number): Float64Array {
  const variances = new Float64Array(size);
  variances.fill(main ** 2 / 2, 0, 2);
  variances.fill(modifiers ** 2 / Math.max(1, 2 * modifierCount), 2);
  return variances;
}

/** Refused actions keep the bound itself as their uncertainty; "nothing" has none. */
function emptyPosterior({ actions, modifierCount, priorRelativeSd }: EffectRegression, size: number) {
  const prior = priorVariances(size, modifierCount, priorRelativeSd, priorRelativeSd);
  const coefficients = Array.from({ length: actions }, () => new Array<number>(size).fill(0));
  const covariance = coefficients.map((_, action) =>
    Array.from({ length: size * size }, (_, i) => (action > 0 && i % (size + 1) === 0 ? prior[i % size] : 0)),
  );
  return { coefficients, covariance };
}

interface StackedEstimate {
  estimate: Float64Array; // (blocks·size)
  covariance: Float64Array; // (blocks·size)²
}

function stackedEstimate(input: EffectRegression, meanLevel: number, size: number): StackedEstimate {
  const total = input.contrasts.length * size;
  const customers = denseClusters(input.cluster, input.rows);
  const influence = new Float64Array(customers.count * total); // (clusters, blocks·size)
  const estimate = new Float64Array(total);
  input.contrasts.forEach(({ values }, block) => {
    addBlock(input, values, meanLevel, size, (coefficients) => estimate.set(coefficients, block * size), {
      customers: customers.index,
      influence,
      total,
      offset: block * size,
    });
  });
  const covariance = new Float64Array(total * total);
  for (let g = 0; g < customers.count; g++) {
    for (let i = 0; i < total; i++) {
      const factor = influence[g * total + i];
      if (factor === 0) continue;
      for (let j = 0; j <= i; j++) covariance[i * total + j] += factor * influence[g * total + j];
    }
  }
  const correction = customers.count / Math.max(1, customers.count - 1);
  for (let i = 0; i < total; i++) {
    for (let j = 0; j <= i; j++) {
      covariance[i * total + j] *= correction;
      covariance[j * total + i] = covariance[i * total + j];
    }
    covariance[i * total + i] *= 1 + 1e-9;
  }
  return { estimate, covariance };
}

/** Weighted least squares of one action's contrasts, and each row's influence on it summed by customer. */
function addBlock(
  input: EffectRegression,
  values: Float64Array,
  meanLevel: number,
  size: number,
  emit: (coefficients: Float64Array) => void,
  sums: { customers: Int32Array; influence: Float64Array; total: number; offset: number },
): void {
  const gram = new Float64Array(size * size);
  const moment = new Float64Array(size);
  const x = new Float64Array(size);
  for (const row of input.rows) {
    if (Number.isNaN(values[row])) continue;
    writeBasis(x, meanLevel, input.level[row], input.modifiers, row);
    const weight = 1 / input.variance[row];
    for (let i = 0; i < size; i++) {
      moment[i] += weight * x[i] * values[row];
      for (let j = 0; j <= i; j++) gram[i * size + j] += weight * x[i] * x[j];
    }
  }
  // Enough to answer where a modifier is constant; its coefficient is then 0 with the prior's uncertainty.
  for (let i = 0; i < size; i++) gram[i * size + i] += 1e-8 * (gram[0] + gram[size + 1]) + 1e-12;
  const coefficients = solveRidge({ gram, moment }, new Float64Array(size));
  emit(coefficients);
  const inverse = choleskyInverse(choleskyFactor(gram, size)!, size);
  for (const row of input.rows) {
    if (Number.isNaN(values[row])) continue;
    writeBasis(x, meanLevel, input.level[row], input.modifiers, row);
    let rest = values[row];
    for (let i = 0; i < size; i++) rest -= x[i] * coefficients[i];
    rest /= input.variance[row];
    const at = sums.customers[row] * sums.total + sums.offset;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += inverse[i * size + j] * x[j];
      sums.influence[at + i] += sum * rest;
    }
  }
}

function denseClusters(cluster: Int32Array, rows: Int32Array): { index: Int32Array; count: number } {
  const dense = new Map<number, number>();
  const index = new Int32Array(cluster.length);
  for (const row of rows) {
    let found = dense.get(cluster[row]);
    if (found === undefined) {
      found = dense.size;
      dense.set(cluster[row], found);
    }
    index[row] = found;
  }
  return { index, count: dense.size };
}

function averageOverScales(stacked: StackedEstimate, input: EffectRegression, size: number) {
  const total = stacked.estimate.length;
  const candidates = [];
  const [mainPrior, modifierPrior] = [scalePrior(oddsOfNone.main), scalePrior(oddsOfNone.modifiers)];
  for (const [m, main] of scaleGrid.entries()) {
    for (const [d, modifiers] of scaleGrid.entries()) {
      if (modifiers > 0 && input.modifierCount === 0) continue;
      const sds = { main: main * input.priorRelativeSd, modifiers: modifiers * input.priorRelativeSd };
      const block = priorVariances(size, input.modifierCount, sds.main, sds.modifiers);
      const prior = Float64Array.from({ length: total }, (_, i) => block[i % size]);
      const posterior = conditionalPosterior(stacked, prior);
      candidates.push({
        ...posterior,
        sds,
        logWeight: posterior.logEvidence + Math.log(mainPrior[m] * modifierPrior[d]),
      });
    }
  }
  const best = Math.max(...candidates.map(({ logWeight }) => logWeight));
  const weights = candidates.map(({ logWeight }) => Math.exp(logWeight - best));
  const sum = weights.reduce((a, b) => a + b, 0);
  const mean = new Float64Array(total);
  const second = new Float64Array(total * total);
  const priorSd = { main: 0, modifiers: 0 };
  candidates.forEach((candidate, c) => {
    const weight = weights[c] / sum;
    priorSd.main += weight * candidate.sds.main;
    priorSd.modifiers += weight * candidate.sds.modifiers;
    for (let i = 0; i < total; i++) {
      mean[i] += weight * candidate.mean[i];
      for (let j = 0; j < total; j++) {
        second[i * total + j] += weight * (candidate.covariance[i * total + j] + candidate.mean[i] * candidate.mean[j]);
      }
    }
  });
  const covariance = second.map((value, at) => value - mean[Math.floor(at / total)] * mean[at % total]);
  return { mean, covariance, priorSd };
}

/** Gaussian conjugate update: mean T(V+T)⁻¹β̂, covariance T − T(V+T)⁻¹T, log evidence of β̂ ~ N(0, V+T) up to a constant. */
function conditionalPosterior({ estimate, covariance }: StackedEstimate, prior: Float64Array) {
  const total = estimate.length;
  const marginal = covariance.slice();
  for (let i = 0; i < total; i++) marginal[i * total + i] += prior[i];
  let factor = choleskyFactor(marginal, total);
  for (let jitter = 1e-9; !factor; jitter *= 10) {
    for (let i = 0; i < total; i++) marginal[i * total + i] += jitter * (marginal[i * total + i] + 1e-12);
    factor = choleskyFactor(marginal, total);
  }
  const solved = choleskySolve(factor, estimate, total);
  const inverse = choleskyInverse(factor, total);
  let quadratic = 0;
  for (let i = 0; i < total; i++) quadratic += solved[i] * estimate[i];
  return {
    mean: solved.map((value, i) => prior[i] * value),
    covariance: inverse.map((value, at) => {
      const i = Math.floor(at / total);
      const j = at % total;
      return (i === j ? prior[i] : 0) - prior[i] * value * prior[j];
    }),
    logEvidence: -0.5 * (quadratic + choleskyLogDeterminant(factor, total)),
  };
}
