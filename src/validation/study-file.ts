import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import { DataError, type ErrorDetails, InputError } from "../base/errors.ts";
import { replaceFile } from "../runs/project.ts";
import { hashOf } from "../runs/store.ts";
import type { TuningMethod } from "../tuning/search.ts";
import type { ParameterValues, Space } from "../tuning/space.ts";

/** What a study is about; the first line of its file. A trial belongs to a study only if all of it is the same. */
export interface StudyHeader {
  readonly study: string;
  readonly method: TuningMethod;
  readonly seed: string;
  readonly objective: string;
  /** Dates of the fold's origins. */
  readonly folds: readonly string[];
  readonly parameters: Space;
  /** Hash of the facts that are read, and of the configuration that is changed. */
  readonly data: string;
  readonly settings: string;
  /** Only where the proposals depend on how many there are: how fine a grid is. */
  readonly trials?: number;
}

/** One configuration that was tried; trial 0 is the present one. */
export interface Trial {
  readonly trial: number;
  readonly parameters: ParameterValues;
  /** Mean over the folds; null where the trial failed. */
  readonly value: number | null;
  readonly folds: readonly number[];
  readonly seconds: number;
  readonly state: "done" | "failed";
  readonly error?: { readonly code: string; readonly details: ErrorDetails };
}

/**
 * A study's file: JSON lines, the header and one line a trial, only ever appended to. A last line that a killed process
 * left half written is taken away.
 */
export class StudyFile {
  readonly path: string;
  readonly trials: Trial[];
  /** Whether a half-written line was taken away. */
  readonly wasTorn: boolean;

  /** Opens or begins a study. Throws InputError study_differs, DataError study_unreadable. */
  constructor(path: string, header: StudyHeader) {
    this.path = path;
    if (!existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true });
      replaceFile(path, `${JSON.stringify(header)}\n`);
    }
    const content = readFileSync(path);
    const end = content.lastIndexOf("\n") + 1;
    this.wasTorn = end < content.length;
    const [first, ...rest] = content.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
    refuseOther(parsed<StudyHeader>(path, first ?? "", 1), header, path);
    this.trials = rest.map((line, index) => {
      const trial = parsed<Trial>(path, line, index + 2);
      if (trial.trial !== index) throw new DataError("study_unreadable", { path, line: index + 2 });
      return trial;
    });
    if (this.wasTorn) truncateSync(path, end);
  }

  /** On the disk before it returns. */
  append(trial: Trial): void {
    appendFileSync(this.path, `${JSON.stringify(trial)}\n`, { flush: true });
    this.trials.push(trial);
  }
}

function parsed<T>(path: string, line: string, number: number): T {
  try {
    const value = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as T;
  } catch {
    // said below
  }
  throw new DataError("study_unreadable", { path, line: number });
}

function refuseOther(found: StudyHeader, wanted: StudyHeader, path: string): void {
  const names = Object.keys({ ...found, ...wanted }) as (keyof StudyHeader)[];
  const differing = names.filter((name) => hashOf(found[name] ?? null) !== hashOf(wanted[name] ?? null));
  if (differing.length > 0) throw new InputError("study_differs", { study: wanted.study, differing, path });
}
