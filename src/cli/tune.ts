import { DataError, InputError } from "../base/errors.ts";
import { checkConfig, readStatedConfig } from "../runs/config.ts";
import { configFileWriter } from "../runs/config-file.ts";
import { Project } from "../runs/project.ts";
import type { TuningMethod } from "../tuning/search.ts";
import { configWith, spaceOf } from "../validation/parameters.ts";
import { type TuneResult, tune } from "../validation/tune.ts";
import { type CommandContext, configOverrides, printResult } from "./options.ts";
import { runDoors } from "./run-doors.ts";
import { TrialTable } from "./trial-table.ts";
import { settingsText, tuneLines } from "./tune-text.ts";

export interface TuneFlags {
  method: TuningMethod;
  trials: string;
  parameter: readonly string[];
  objective?: string;
  folds: string;
  study: string;
  apply?: boolean;
}

/** `longrun tune`: searches settings on the time before the test period, one line a trial, and says what it found. */
export async function tuneProject(context: CommandContext, flags: TuneFlags): Promise<void> {
  const project = new Project(context.options.project);
  project.requireExisting();
  const trials = wholeNumber(flags.trials, "invalid_trials", { trials: flags.trials }, 100_000);
  const folds = wholeNumber(flags.folds, "invalid_folds", { folds: flags.folds }, 12);
  if (!/^[\w-]{1,64}$/.test(flags.study)) throw new InputError("invalid_study_name", { study: flags.study });
  if (project.sources().length === 0) throw new DataError("no_sources", { path: project.directory });
  const overrides = configOverrides(context.options);
  const { stated, file } = await readStatedConfig(project.directory);
  checkConfig({ ...stated, ...overrides });
  const space = spaceOf(flags.parameter, stated);
  const places = space.map(({ name }) => name).join(", ");
  const write = flags.apply ? configFileWriter(project.directory, file, places) : undefined;
  const { clock, language } = context;
  const table = new TrialTable(clock, { language, quiet: context.options.quiet === true, trials, space });
  const doors = { ...runDoors(context), begun: table.begun.bind(table), tried: table.tried.bind(table) };
  const { method, objective, study } = flags;
  const result = await project.locked(() =>
    tune(project, stated, { study, method, trials, space, objective, folds, overrides }, doors),
  );
  const applied = write && isBetter(result) ? write(configWith(stated, result.best.parameters)) : undefined;
  const settings = settingsText(result.best.parameters);
  printResult(context, { ...result, settings: JSON.parse(settings), ...(applied ? { applied } : {}) }, () =>
    tuneLines(result, { language, trials, space, applied, wantsApply: flags.apply === true }),
  );
}

const isBetter = ({ improvement }: TuneResult) => improvement.estimate > 0;

function wholeNumber(text: string, code: string, details: Record<string, string>, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new InputError(code, details);
  return value;
}
