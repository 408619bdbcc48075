import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError, LongrunError } from "../base/errors.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import { contentHash } from "../ingest/content-hash.ts";
import type { IngestValues } from "../ingest/index.ts";
import { findReading, type Reading } from "../ingest/mapping/find-reading.ts";
import { openPlaces } from "../ingest/mapping/mapping.ts";
import { mappingText } from "../ingest/mapping/mapping-text.ts";
import { isPostgresUrl, type PasswordDoor, postgresFingerprint, sourceName } from "../ingest/readers/index.ts";
import { translate } from "../language/catalogue.ts";
import { run } from "../pipeline.ts";
import { type Config, readConfig } from "../runs/config.ts";
import { Project, replaceFile } from "../runs/project.ts";
import { type Registration, register } from "../runs/sources.ts";
import { expandSources } from "./expand-sources.ts";
import { checkImport } from "./import-check.ts";
import { importDocument, importLines } from "./import-report.ts";
import { type CommandContext, configOverrides, printResult } from "./options.ts";
import { Passwords } from "./passwords.ts";
import { runDoors } from "./run-doors.ts";
import { stageValues } from "./show.ts";

export interface ImportOptions {
  preset?: string;
  mapping?: string;
  check?: boolean;
}

/** A file to import and how it will be read. */
export interface ImportFile extends Reading {
  readonly path: string;
}

/** Adds files to the project and reads them; nothing changes if one of them is refused. */
export async function importSources(context: CommandContext, given: string[], options: ImportOptions): Promise<void> {
  const passwords = new Passwords(context);
  const paths = expandSources(given).map((path) => (isPostgresUrl(path) ? passwords.strip(path) : path));
  const project = new Project(context.options.project);
  const config = await readConfig(project.directory, configOverrides(context.options));
  const directory = mkdtempSync(join(tmpdir(), "longrun-import-"));
  const engine = await openDuckdb({ temporaryDirectory: join(directory, "tmp"), threads: config.threads });
  try {
    const password = passwords.of;
    const files = await findReadings(paths, options, config, { engine, directory, password });
    if (options.check) {
      await checkImport(context, files, { project, config, engine, directory, password });
      return;
    }
    await engine.close();
    refuseOpen(files, context);
    await importFiles(context, { project, config, files, password });
  } finally {
    await engine.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function findReadings(
  paths: readonly string[],
  options: ImportOptions,
  config: Config,
  opening: { engine: DuckdbEngine; directory: string; password: PasswordDoor },
): Promise<ImportFile[]> {
  const defaults = { timezone: config.timezone, currency: config.currency ?? "USD" };
  const files: ImportFile[] = [];
  for (const path of paths) files.push({ path, ...(await findReading(path, options, { ...opening, defaults })) });
  return files;
}

/** Writes the mappings in which something is open, for people to complete, and refuses the first of them. */
function refuseOpen(files: readonly ImportFile[], context: CommandContext): void {
  const open = files.filter(({ mapping }) => mapping !== undefined && openPlaces(mapping).length > 0);
  for (const file of open) saveProposal(file, context);
  for (const { path, mapping, mappingFile } of open)
    throw new DataError("mapping_incomplete", { path, file: mappingFile, missing: openPlaces(mapping!) });
}

function saveProposal({ path, mappingFile, proposal }: ImportFile, { language }: CommandContext): void {
  if (proposal) replaceFile(mappingFile!, mappingText(proposal, { file: sourceName(path), language }));
}

interface ImportTask {
  readonly project: Project;
  readonly config: Config;
  readonly files: readonly ImportFile[];
  readonly password: PasswordDoor;
}

async function importFiles(context: CommandContext, task: ImportTask): Promise<void> {
  const { project, files } = task;
  const isNew = !project.exists;
  const undo = project.create();
  try {
    const registration = await project.locked(() => ingestFiles(context, task));
    if (isNew) context.terminal.line(translate(context.language, "project_created", { path: project.directory }));
    const fresh = files.filter((_, at) => registration.outcomes[at].status !== "unchanged");
    for (const file of fresh) saveProposal(file, context);
    const document = importDocument(files, registration, stageValues(project, "ingest") as IngestValues);
    printResult(context, document, () => importLines(document, context.language));
  } catch (error) {
    undo();
    throw blameProposal(error, files, context);
  }
}

/** Reads all sources, the new ones among them; the project's list is written last. */
async function ingestFiles(
  context: CommandContext,
  { project, config, files, password }: ImportTask,
): Promise<Registration> {
  const added = [];
  for (const { path, preset, mapping, mappingFile, isStated } of files) {
    const sha256 = isPostgresUrl(path)
      ? await postgresFingerprint(path, { password, signal: context.signal })
      : await contentHash(path);
    added.push({ path, preset, mapping, mappingFile, isStated, sha256 });
  }
  const before = project.sources();
  const registration = register(before, added);
  await run(project, config, runDoors(context, password), { until: "ingest", sources: registration.sources });
  if (JSON.stringify(before) !== JSON.stringify(registration.sources)) project.saveSources(registration.sources);
  return registration;
}

/** Where too much is set aside of a file whose mapping was only proposed, the mapping is written down to be corrected. */
function blameProposal(error: unknown, files: readonly ImportFile[], context: CommandContext): unknown {
  if (!(error instanceof LongrunError) || error.code !== "too_many_set_aside") return error;
  const file = files.find(({ path, proposal }) => proposal !== undefined && path === error.details["path"]);
  if (!file) return error;
  saveProposal(file, context);
  return new DataError("proposed_mapping_sets_aside", { ...error.details, file: file.mappingFile }, { cause: error });
}
