import type { Clock } from "../base/clock.ts";
import { formatNumber, type Language, translate } from "../language/catalogue.ts";
import { describeError } from "../language/errors.ts";
import { displayWidth } from "../language/width.ts";
import type { Space } from "../tuning/space.ts";
import type { Trial } from "../validation/study-file.ts";
import type { StudyInSight } from "../validation/tune.ts";
import type { Screen } from "./terminal.ts";
import { aligned } from "./text-table.ts";
import { shortNames, valueText } from "./tune-text.ts";

/** Rows of the live table, so that it fits on a small terminal. */
const rowsShown = 8;

interface TableOptions {
  readonly language: Language;
  readonly quiet: boolean;
  readonly trials: number;
  readonly space: Space;
  readonly screen?: Screen & { readonly columns?: number };
}

/** The trials of a search as they end: a table redrawn in place on a terminal, a line for each elsewhere; stderr only. */
export class TrialTable {
  readonly #clock: Clock;
  readonly #options: TableOptions;
  readonly #screen: Screen & { readonly columns?: number };
  readonly #names: readonly string[];
  #trials: Trial[] = [];
  #drawnLines = 0;
  #startedMs = 0;
  #kept = 0;

  constructor(clock: Clock, options: TableOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#screen = options.screen ?? process.stderr;
    this.#names = shortNames(options.space);
  }

  begun({ objective, folds, testBegins, file, kept, wasTorn }: StudyInSight): void {
    this.#trials = [...kept];
    this.#kept = kept.length;
    this.#startedMs = this.#clock.elapsedMs();
    const { trials } = this.#options;
    const direction = this.#say(`tune_${objective.direction}`);
    if (wasTorn) this.#line(this.#say("tune_torn", { path: file }));
    this.#line(
      this.#say("tune_begun", {
        objective: objective.name,
        direction,
        folds: folds.length,
        origins: folds.join(", "),
        trials,
        testBegins,
      }),
    );
    const study = file.replace(/^.*[\\/]|\.jsonl$/g, "");
    if (kept.length > 0) this.#line(this.#say("tune_continued", { study, kept: kept.length - 1 }));
  }

  tried(trial: Trial, best: Trial | undefined): void {
    this.#trials.push(trial);
    if (this.#options.quiet) return;
    if (this.#screen.isTTY === true) this.#redraw(best);
    else this.#line(this.#plain(trial, best));
  }

  #plain({ trial, parameters, seconds, ...outcome }: Trial, best: Trial | undefined): string {
    const named = this.#options.space.map(({ name }, at) => `${this.#names[at]}=${valueText(parameters[name])}`);
    return [
      this.#say("tune_trial", {
        trial,
        trials: this.#options.trials,
        value: this.#outcome(outcome),
        best: this.#number(best?.value),
        parameters: trial === 0 ? this.#say("tune_present") : named.join(" "),
        seconds: seconds.toFixed(1),
      }),
      this.#timeLeft(),
    ]
      .join("  ")
      .trimEnd();
  }

  #redraw(best: Trial | undefined): void {
    const recent = this.#trials.slice(-rowsShown);
    const shown = best && !recent.includes(best) ? [best, ...recent.slice(1)] : recent;
    const rows = shown.map((trial) => [
      trial === best ? "*" : "",
      trial.trial === 0 ? this.#say("column_present") : String(trial.trial),
      ...this.#options.space.map(({ name }) => valueText(trial.parameters[name])),
      this.#outcome(trial),
      trial.seconds.toFixed(1),
    ]);
    const header = [
      "",
      this.#say("column_trial"),
      ...this.#names,
      this.#say("column_value"),
      this.#say("column_seconds"),
    ];
    const done = `${this.#trials.length - 1}/${this.#options.trials}`;
    const status = [done, `${this.#say("column_best")} ${this.#number(best?.value)}`, this.#timeLeft()].join("  ");
    const lines = [...aligned(header, rows, { right: header.length - 1 }), status].map((line) => this.#cut(line));
    const back = this.#drawnLines > 0 ? `\u001b[${this.#drawnLines}A` : "";
    this.#screen.write(`${back}\r\u001b[J${lines.join("\n")}\n`);
    this.#drawnLines = lines.length;
  }

  #outcome({ value, error }: Pick<Trial, "value" | "error">): string {
    if (value !== null || !error) return this.#number(value);
    return this.#say("tune_failed", { reason: describeError(this.#options.language, error.code, error.details) });
  }

  #timeLeft(): string {
    const done = this.#trials.length - this.#kept;
    const left = this.#options.trials + 1 - this.#trials.length;
    if (left <= 0) return "";
    const perTrialMs = (this.#clock.elapsedMs() - this.#startedMs) / done;
    return this.#say("seconds_left", { seconds: Math.ceil((left * perTrialMs) / 1000) });
  }

  #number(value: number | null | undefined): string {
    return typeof value === "number" ? formatNumber(this.#options.language, value, 4) : "–";
  }

  /** A line longer than the terminal would wrap, and the next redraw would begin too low. */
  #cut(line: string): string {
    const width = this.#screen.columns ?? 80;
    let cut = line;
    while (displayWidth(cut) > width) cut = cut.slice(0, -1);
    return cut;
  }

  #line(text: string): void {
    if (!this.#options.quiet) this.#screen.write(`${text}\n`);
  }

  #say(key: Parameters<typeof translate>[1], values: Parameters<typeof translate>[2] = {}): string {
    return translate(this.#options.language, key, values);
  }
}
