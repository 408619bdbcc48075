import type { Clock } from "../base/clock.ts";
import { InputError } from "../base/errors.ts";
import type { Language } from "../language/catalogue.ts";
import type { ConfigInput } from "../runs/config.ts";
import type { Terminal } from "./terminal.ts";

export interface GlobalOptions {
  project: string;
  json?: boolean;
  seed?: string;
  threads?: string;
  lang?: Language;
  quiet?: boolean;
}

export interface CommandContext {
  readonly options: GlobalOptions;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly language: Language;
  readonly signal: AbortSignal;
}

/** What the command line overrides in the project's configuration. Throws InputError "invalid_threads". */
export function configOverrides({ seed, threads, lang }: GlobalOptions): ConfigInput {
  if (threads !== undefined && !/^[1-9]\d*$/.test(threads)) throw new InputError("invalid_threads", { threads });
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(threads === undefined ? {} : { threads: Number(threads) }),
    ...(lang === undefined ? {} : { language: lang }),
  };
}

/** Prints one JSON document, or the lines people read. */
export function printResult({ options }: CommandContext, document: unknown, lines: () => readonly string[]): void {
  process.stdout.write(options.json ? `${JSON.stringify(document)}\n` : `${lines().join("\n")}\n`);
}
