import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "../base/errors.ts";
import { isPostgresUrl, postgresFingerprint } from "../ingest/readers/index.ts";
import { translate } from "../language/catalogue.ts";
import { run } from "../pipeline.ts";
import { readConfig } from "../runs/config.ts";
import { Project, type RegisteredSource } from "../runs/project.ts";
import { hashOfFile } from "../runs/store.ts";
import { type CommandContext, configOverrides, printResult } from "./options.ts";
import { Passwords } from "./passwords.ts";
import { stageValues } from "./show.ts";

/** Adds files and database tables to the project and reads them; nothing changes if one of them is refused. */
export async function importSources(
  context: CommandContext,
  files: string[],
  { preset }: { preset?: string },
): Promise<void> {
  const project = new Project(context.options.project);
  const passwords = new Passwords(context);
  for (const file of files)
    if (!isPostgresUrl(file) && !existsSync(file)) throw new InputError("missing_file", { path: file });
  const created = !project.exists;
  project.create();
  const config = await readConfig(project.directory, configOverrides(context.options));
  await project.locked(async () => {
    const before = project.sources();
    const added: RegisteredSource[] = [];
    for (const file of files) added.push({ ...(await identify(file, passwords, context)), preset });
    const paths = new Set(added.map(({ path }) => path));
    project.saveSources([...before.filter(({ path }) => !paths.has(path)), ...added]);
    try {
      const { clock, signal, terminal } = context;
      const doors = {
        clock,
        signal,
        progress: terminal.progress.bind(terminal),
        finished: terminal.finished.bind(terminal),
        password: passwords.of,
      };
      await run(project, config, doors, { until: "ingest" });
    } catch (error) {
      project.saveSources(before);
      throw error;
    }
  });
  if (created) context.terminal.line(translate(context.language, "project_created", { path: project.directory }));
  const values = stageValues(project, "ingest");
  printResult(context, values, () => sourceLines(context, values));
}

/** A file by its bytes; a table by a fingerprint of its rows, under its URL without password. */
async function identify(file: string, passwords: Passwords, { signal }: CommandContext): Promise<RegisteredSource> {
  if (!isPostgresUrl(file)) {
    const path = resolve(file);
    return { sourceId: path, path, sha256: hashOfFile(path) };
  }
  const path = passwords.strip(file);
  return { sourceId: path, path, sha256: await postgresFingerprint(path, { password: passwords.of, signal }) };
}

interface IngestReport {
  sources: {
    file: string;
    preset: string;
    rows: number;
    kept: number;
    setAside: number;
    unreadSheets?: string[];
    assumed?: Record<string, string>;
  }[];
}

function sourceLines(context: CommandContext, values: unknown): string[] {
  const lines = (values as IngestReport).sources.flatMap(
    ({ file, preset, rows, kept, setAside, unreadSheets = [], assumed = {} }) => [
      translate(context.language, "source_imported", { file, preset, rows, kept, setAside }),
      ...unreadSheets.map((sheet) => translate(context.language, "sheet_not_read", { file, sheet })),
      ...Object.entries(assumed).map(([question, answer]) =>
        translate(context.language, "answer_assumed", { file, preset, question, answer }),
      ),
    ],
  );
  return [...lines, translate(context.language, "next_command", { command: "longrun run" })];
}
