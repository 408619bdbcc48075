import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "../base/errors.ts";
import type { IngestValues } from "../ingest/index.ts";
import { translate } from "../language/catalogue.ts";
import { run } from "../pipeline.ts";
import { readConfig } from "../runs/config.ts";
import { Project } from "../runs/project.ts";
import { hashOfFile } from "../runs/store.ts";
import { type CommandContext, configOverrides, printResult } from "./options.ts";
import { stageValues } from "./show.ts";

/** Adds files to the project and reads them; nothing changes if one of them is refused. */
export async function importSources(
  context: CommandContext,
  files: string[],
  { preset }: { preset?: string },
): Promise<void> {
  const project = new Project(context.options.project);
  for (const file of files) if (!existsSync(file)) throw new InputError("missing_file", { path: file });
  const created = !project.exists;
  project.create();
  const config = await readConfig(project.directory, configOverrides(context.options));
  await project.locked(async () => {
    const before = project.sources();
    const added = files.map((file) => {
      const path = resolve(file);
      return { sourceId: path, path, sha256: hashOfFile(path), ...(preset === undefined ? {} : { preset }) };
    });
    const paths = new Set(added.map(({ path }) => path));
    project.saveSources([...before.filter(({ path }) => !paths.has(path)), ...added]);
    try {
      const { clock, signal, terminal } = context;
      const doors = {
        clock,
        signal,
        progress: terminal.progress.bind(terminal),
        finished: terminal.finished.bind(terminal),
      };
      await run(project, config, doors, { until: "ingest" });
    } catch (error) {
      project.saveSources(before);
      throw error;
    }
  });
  if (created) context.terminal.line(translate(context.language, "project_created", { path: project.directory }));
  const values = stageValues<IngestValues>(project, "ingest");
  printResult(context, values, () => sourceLines(context, values));
}

function sourceLines(context: CommandContext, { sources }: IngestValues): string[] {
  const lines = sources.map(({ file, preset, rows, kept, setAside }) =>
    translate(context.language, "source_imported", { file, preset, rows, kept, setAside }),
  );
  return [...lines, translate(context.language, "next_command", { command: "longrun run" })];
}
