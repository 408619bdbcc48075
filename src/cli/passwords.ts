import * as prompts from "@clack/prompts";
import { postgresAddress } from "../ingest/readers/index.ts";
import { translate } from "../language/catalogue.ts";
import type { CommandContext } from "./options.ts";

/**
 * Passwords of database servers: the one in the URL that was typed, else PGPASSWORD, else what a person answers on a terminal.
 * They live as long as the command and are written nowhere.
 */
export class Passwords {
  readonly #known = new Map<string, string | undefined>();
  readonly #context: CommandContext;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  /** Remembers a URL's password and returns the URL without it. */
  strip(source: string): string {
    const { url, password } = postgresAddress(source);
    if (password !== undefined) this.#known.set(url, password);
    return url;
  }

  readonly of = async (url: string): Promise<string | undefined> => {
    if (!this.#known.has(url)) this.#known.set(url, process.env.PGPASSWORD ?? (await this.#ask(url)));
    return this.#known.get(url);
  };

  async #ask(url: string): Promise<string | undefined> {
    const { options, language } = this.#context;
    if (options.json || process.stdin.isTTY !== true) return undefined;
    const answer = await prompts.password({ message: translate(language, "ask_password", { url }) });
    return prompts.isCancel(answer) ? undefined : answer;
  }
}
