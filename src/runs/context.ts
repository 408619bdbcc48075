import type { Clock } from "../base/clock.ts";
import type { Progress } from "../base/progress.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import type { Draft } from "./artifact.ts";

/** What a stage is given besides its input and options: its only ways to touch the world. */
export interface StageContext {
  readonly engine: DuckdbEngine;
  readonly clock: Clock;
  readonly seed: string;
  readonly threads: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly output: Draft;
}
