import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import { type CommandContext, configOverrides } from "./options.ts";

/** Does work with an engine that lives in a folder of its own, gone afterwards. */
export async function withEngine<Result>(
  context: CommandContext,
  work: (engine: DuckdbEngine) => Promise<Result>,
): Promise<Result> {
  const temporaryDirectory = await mkdtemp(join(tmpdir(), "longrun-file-"));
  const engine = await openDuckdb({ temporaryDirectory, threads: configOverrides(context.options).threads });
  try {
    return await work(engine);
  } finally {
    await engine.close();
    await rm(temporaryDirectory, { recursive: true, force: true });
  }
}
