import { existsSync } from "node:fs";
import { join } from "node:path";
import * as prompts from "@clack/prompts";
import { translate } from "../language/catalogue.ts";
import { type ConfigInput, checkConfig } from "../runs/config.ts";
import { Project, replaceFile } from "../runs/project.ts";
import { type CommandContext, printResult } from "./options.ts";

/** `longrun init`: a folder with a configuration; asks on a terminal, takes the defaults elsewhere. */
export async function initialise(context: CommandContext, { yes }: { yes?: boolean }): Promise<void> {
  const project = new Project(context.options.project);
  const interactive = !yes && !context.options.json && process.stdin.isTTY === true;
  const answers = interactive ? await ask(context) : {};
  checkConfig(answers);
  project.create();
  const path = join(project.directory, "longrun.config.ts");
  if (!existsSync(path)) replaceFile(path, `export default ${JSON.stringify(answers, null, 2)};\n`);
  printResult(context, { project: project.directory, config: path }, () => [
    translate(context.language, "project_created", { path: project.directory }),
    translate(context.language, "next_command", { command: "longrun import FILE…" }),
  ]);
}

async function ask({ language }: CommandContext): Promise<ConfigInput> {
  const currency = await prompts.text({
    message: translate(language, "ask_currency", {}),
    placeholder: "USD",
    defaultValue: "USD",
  });
  const timezone = await prompts.text({
    message: translate(language, "ask_timezone", {}),
    placeholder: "UTC",
    defaultValue: "UTC",
  });
  if (prompts.isCancel(currency) || prompts.isCancel(timezone)) return {};
  return { currency, timezone };
}
