import type { Clock } from "../base/clock.ts";
import type { Progress } from "../base/progress.ts";
import type { Language } from "../language/catalogue.ts";
import { formatNumber, translate } from "../language/catalogue.ts";
import type { RunSummary, StageName } from "../schema/summary.ts";

/** How progress reaches people: stderr only, one line a stage, with the time left while it runs on a terminal. */
export class Terminal {
  readonly #clock: Clock;
  readonly #quiet: boolean;
  readonly #language: Language;
  #lastDrawnMs = 0;

  constructor(clock: Clock, { quiet, language }: { quiet: boolean; language: Language }) {
    this.#clock = clock;
    this.#quiet = quiet;
    this.#language = language;
  }

  progress(stage: StageName): Progress {
    const started = this.#clock.elapsedMs();
    return {
      report: (done, total) => {
        const now = this.#clock.elapsedMs();
        if (this.#quiet || !process.stderr.isTTY || now - this.#lastDrawnMs < 200 || done <= 0) return;
        this.#lastDrawnMs = now;
        const secondsLeft = Math.ceil(((now - started) / done / 1000) * (total - done));
        const share = Math.floor((100 * done) / total);
        process.stderr.write(
          `\r\u001b[K${this.#name(stage)} ${share} %  ${translate(this.#language, "seconds_left", { seconds: secondsLeft })}`,
        );
      },
      note: () => {},
    };
  }

  finished({ stage, rows, seconds, reused }: RunSummary["stages"][number]): void {
    if (this.#quiet) return;
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
    const count = translate(this.#language, "rows", { rows: formatNumber(this.#language, rows) });
    const time = reused ? translate(this.#language, "unchanged", {}) : `${seconds.toFixed(1)} s`;
    process.stderr.write(`${this.#name(stage)} ${count.padStart(18)}  ${time}\n`);
  }

  #name(stage: StageName): string {
    const name: string = translate(this.#language, `stage_${stage}`);
    return `${stage.padEnd(10)}${name.padEnd(20)}`;
  }

  line(text: string): void {
    if (!this.#quiet) process.stderr.write(`${text}\n`);
  }
}
