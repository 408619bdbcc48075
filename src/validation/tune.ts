import { join } from "node:path";
import { isoDate } from "../base/clock.ts";
import { DataError, InputError, ModelError } from "../base/errors.ts";
import type { RunDoors } from "../pipeline.ts";
import { type Config, type ConfigInput, checkConfig } from "../runs/config.ts";
import { settingAt, settingOf } from "../runs/config-path.ts";
import type { Project } from "../runs/project.ts";
import { hashOf } from "../runs/store.ts";
import type { BootstrapInterval } from "../stats/bootstrap.ts";
import type { Observation, Sampler } from "../tuning/sampler.ts";
import { samplerOf, type TuningMethod } from "../tuning/search.ts";
import { type ParameterValues, type Point, pointOf, type Space, valuesAt } from "../tuning/space.ts";
import { improvement } from "./comparison.ts";
import { prepareFolds } from "./folds.ts";
import type { Forecast, Objective } from "./objective.ts";
import { configWith } from "./parameters.ts";
import { StudyFile, type Trial } from "./study-file.ts";

export interface TuneOptions {
  readonly study: string;
  readonly method: TuningMethod;
  /** Besides the present configuration. */
  readonly trials: number;
  readonly space: Space;
  readonly objective?: string;
  /** At most; fewer where the history is short. Default 3. */
  readonly folds?: number;
  /** The command line's settings, which win over the file's. */
  readonly overrides: ConfigInput;
}

export interface TuneDoors extends RunDoors {
  /** The study is open: `kept` trials are there already. */
  begun(study: StudyInSight): void;
  /** A trial ended; `best` is the best so far. */
  tried(trial: Trial, best: Trial | undefined): void;
}

export interface StudyInSight {
  readonly objective: Pick<Objective, "name" | "direction">;
  readonly folds: readonly string[];
  readonly testBegins: string;
  readonly file: string;
  readonly kept: readonly Trial[];
  readonly wasTorn: boolean;
}

export interface TuneResult {
  readonly study: string;
  readonly file: string;
  readonly method: TuningMethod;
  readonly objective: string;
  readonly direction: Objective["direction"];
  /** Forecasts were made from what was known on these days. */
  readonly folds: readonly { origin: string; customers: number }[];
  /** Nothing known on this day or later was read: the test period of a run begins here. */
  readonly testBegins: string;
  readonly trials: readonly Trial[];
  readonly present: Trial;
  readonly best: Trial;
  /** Of the best trial over the present configuration, positive where it is better; the interval ignores the search. */
  readonly improvement: BootstrapInterval & { readonly folds: readonly number[] };
}

/**
 * Searches settings on the rolling-origin back-test before the test period, and keeps every trial in the project's study
 * file: a study that was stopped goes on with the trials it would have tried. Trial 0 is the present configuration.
 * Throws what `prepareFolds`, `StudyFile` and `samplerOf` throw; ModelError every_trial_failed.
 */
export async function tune(
  project: Project,
  stated: ConfigInput,
  options: TuneOptions,
  doors: TuneDoors,
): Promise<TuneResult> {
  const { space, method, trials, study } = options;
  const configOf = (values: ParameterValues) => checkConfig({ ...configWith(stated, values), ...options.overrides });
  const config = configOf({});
  const sampler = samplerOf(method, space, { seed: config.seed, trials });
  const folds = await prepareFolds(project, config, doors, options);
  const { objective } = folds;
  const header = {
    study,
    method,
    seed: config.seed,
    objective: objective.name,
    folds: folds.origins.map(isoDate),
    parameters: space,
    data: folds.factsHash,
    settings: hashOf(settingsThatCount(config)),
    ...(method === "grid" ? { trials } : {}),
  };
  const file = new StudyFile(join(project.state, "tuning", `${study}.jsonl`), header);
  const testBegins = isoDate(folds.before);
  const { path, wasTorn } = file;
  doors.begun({ objective, folds: header.folds, testBegins, file: path, kept: [...file.trials], wasTorn });
  const forecasts = new Map<number, Forecast[]>();

  while (file.trials.length <= trials) {
    const number = file.trials.length;
    const values =
      number === 0 ? presentValues(space, config) : proposed(sampler, number, file.trials, space, objective);
    if (!values) break; // every combination was tried
    const forecast = () => folds.forecast(number === 0 ? config : configOf(values));
    const { trial, made } = await attempt(number, values, forecast, objective, doors);
    file.append(trial);
    const best = bestOf(file.trials, objective);
    if (made && (number === 0 || best === trial)) forecasts.set(number, made);
    doors.tried(trial, best);
  }
  const [present] = file.trials;
  const best = bestOf(file.trials, objective);
  if (!best) throw new ModelError("every_trial_failed", { trials, path: file.path });
  const forecastOf = async ({ trial, parameters }: Trial) =>
    forecasts.get(trial) ?? folds.forecast(trial === 0 ? config : configOf(parameters));
  const pair = { candidate: await forecastOf(best), present: await forecastOf(present) };
  const sign = objective.direction === "maximise" ? 1 : -1;
  return {
    study,
    file: file.path,
    method,
    objective: objective.name,
    direction: objective.direction,
    folds: folds.origins.map((origin, fold) => ({
      origin: isoDate(origin),
      customers: folds.customerIds[fold].length,
    })),
    testBegins,
    trials: file.trials,
    present,
    best,
    improvement: {
      ...improvement(objective, pair, folds.customerIds, config.seed),
      folds: best.folds.map((value, fold) => sign * (value - present.folds[fold])),
    },
  };
}

/** What a trial's value depends on besides the facts, the seed and the parameters. */
function settingsThatCount(config: Config) {
  const { clean, train, valueBasis, marginShare, currency, timezone } = config;
  const { shortHorizonDays, clvHorizonDays, annualDiscountRate } = config;
  return {
    clean,
    train,
    valueBasis,
    marginShare,
    currency,
    timezone,
    shortHorizonDays,
    clvHorizonDays,
    annualDiscountRate,
  };
}

/** As far as the configuration has them: a switched-off section has none. */
function presentValues(space: Space, config: Config): ParameterValues {
  const values = space.map(({ name }) => [name, settingOf(config, settingAt(name).keys)]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function proposed(
  sampler: Sampler,
  number: number,
  trials: readonly Trial[],
  space: Space,
  { direction }: Objective,
): ParameterValues | undefined {
  const sign = direction === "maximise" ? -1 : 1;
  const observed = trials.flatMap(({ parameters, value }): Observation[] => {
    const point: Point | undefined = pointOf(space, parameters); // the present configuration may lie outside
    return point ? [{ point, value: value === null ? Number.NaN : sign * value }] : [];
  });
  const point = sampler(number, observed);
  return point && valuesAt(space, point);
}

async function attempt(
  trial: number,
  parameters: ParameterValues,
  forecast: () => Promise<Forecast[]>,
  objective: Objective,
  { clock }: TuneDoors,
): Promise<{ trial: Trial; made?: Forecast[] }> {
  const startedMs = clock.elapsedMs();
  const seconds = () => Math.round(clock.elapsedMs() - startedMs) / 1000;
  try {
    const made = await forecast();
    const folds = made.map((one) => objective.of(one));
    const value = folds.reduce((sum, one) => sum + one, 0) / folds.length;
    if (!Number.isFinite(value)) throw new ModelError("objective_undefined", { objective: objective.name });
    return { trial: { trial, parameters, value, folds, seconds: seconds(), state: "done" }, made };
  } catch (error) {
    // A configuration that cannot be trained is an answer; where the present one cannot be, nothing can be compared.
    const isAnswer = error instanceof ModelError || error instanceof DataError || error instanceof InputError;
    if (!isAnswer || trial === 0) throw error;
    const failed = { value: null, folds: [], seconds: seconds(), state: "failed" } as const;
    return { trial: { trial, parameters, ...failed, error: { code: error.code, details: error.details } } };
  }
}

/** The best trial besides the present configuration; of equal ones the first. */
function bestOf(trials: readonly Trial[], { direction }: Objective): Trial | undefined {
  const sign = direction === "maximise" ? 1 : -1;
  return trials
    .filter(({ trial, value }) => trial > 0 && value !== null)
    .reduce<Trial | undefined>(
      (best, next) => (best && sign * (best.value as number) >= sign * (next.value as number) ? best : next),
      undefined,
    );
}
