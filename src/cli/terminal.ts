import type { Clock } from "../base/clock.ts";
import type { Progress } from "../base/progress.ts";
import { formatNumber, type Language, translate } from "../language/catalogue.ts";
import { padded } from "../language/width.ts";
import type { RunSummary, StageName } from "../schema/summary.ts";

/** Work that takes long enough to be watched: the stages, making a shop for the demo, and allocating a table larger than memory. */
export type WatchedWork = StageName | "simulate" | "allocate";

/** Where the lines go: a terminal is redrawn in place, a file or a pipe gets whole lines. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const redrawAfterMs = 200;
/** In a log a line every ten seconds says that work goes on, and does not bury what else is said. */
const plainLineAfterMs = 10_000;
const clearLine = "\r\u001b[K";

/** How progress reaches people: stderr only, one line a stage, with the time left while it runs. */
export class Terminal {
  readonly #clock: Clock;
  readonly #quiet: boolean;
  readonly #language: Language;
  readonly #screen: Screen;

  constructor(
    clock: Clock,
    { quiet, language, screen = process.stderr }: { quiet: boolean; language: Language; screen?: Screen },
  ) {
    this.#clock = clock;
    this.#quiet = quiet;
    this.#language = language;
    this.#screen = screen;
  }

  progress(work: WatchedWork): Progress {
    const startedMs = this.#clock.elapsedMs();
    const isTerminal = this.#screen.isTTY === true;
    let lastShownMs = isTerminal ? startedMs - redrawAfterMs : startedMs;
    return {
      report: (done, total, losses = []) => {
        const now = this.#clock.elapsedMs();
        const isDue = now - lastShownMs >= (isTerminal ? redrawAfterMs : plainLineAfterMs);
        if (this.#quiet || !isDue || done <= 0 || done >= total) return;
        lastShownMs = now;
        const seconds = Math.ceil(((now - startedMs) / done / 1000) * (total - done));
        const share = `${Math.floor((100 * done) / total)} %`;
        const left = translate(this.#language, "seconds_left", { seconds });
        const line = `${this.#name(work)}${share.padStart(5)}  ${left}${this.#curve(losses)}`;
        this.#screen.write(isTerminal ? `${clearLine}${line}` : `${line}\n`);
      },
    };
  }

  finished({ stage, rows, seconds, reused }: RunSummary["stages"][number]): void {
    const time = reused ? translate(this.#language, "unchanged", {}) : this.#seconds(seconds);
    const count = translate(this.#language, "rows", { rows: formatNumber(this.#language, rows) });
    this.#done(stage, count, time);
  }

  /** The line of a work that is no stage; `made` says what came of it. */
  made(work: WatchedWork, made: string, seconds: number): void {
    this.#done(work, made, this.#seconds(seconds));
  }

  line(text: string): void {
    if (!this.#quiet) this.#screen.write(`${text}\n`);
  }

  #done(work: WatchedWork, made: string, time: string): void {
    if (this.#quiet) return;
    if (this.#screen.isTTY) this.#screen.write(clearLine);
    this.#screen.write(`${this.#name(work)}${padded(made, 18, "right")}  ${time}\n`);
  }

  /** How a network learns: its last validation loss, and the curve of the epochs so far. */
  #curve(losses: readonly number[]): string {
    if (losses.length === 0) return "";
    const loss = losses[losses.length - 1].toFixed(4);
    return `  ${translate(this.#language, "validation_loss", { loss })} ${sparkline(losses.slice(-30))}`;
  }

  #seconds(seconds: number): string {
    return translate(this.#language, "seconds", { seconds: seconds.toFixed(1) });
  }

  #name(work: WatchedWork): string {
    return `${work.padEnd(10)}${padded(translate(this.#language, `stage_${work}`), 20)}`;
  }
}

const blocks = "▁▂▃▄▅▆▇█";

/** Values as blocks of eight heights, from the least to the greatest. */
function sparkline(values: readonly number[]): string {
  const least = Math.min(...values);
  const range = Math.max(...values) - least || 1;
  return values.map((value) => blocks[Math.round(((value - least) / range) * (blocks.length - 1))]).join("");
}
