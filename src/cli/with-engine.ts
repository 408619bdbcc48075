import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckdbEngine, withDuckdb } from "../engine/duckdb/engine.ts";
import { type CommandContext, configOverrides } from "./options.ts";

/** Does work with an engine that lives in a folder of its own, gone afterwards; an interrupt stops it. */
export async function withEngine<Result>(
  context: CommandContext,
  work: (engine: DuckdbEngine) => Promise<Result>,
  { memoryLimitMb }: { memoryLimitMb?: number } = {},
): Promise<Result> {
  const temporaryDirectory = await mkdtemp(join(tmpdir(), "longrun-file-"));
  const { threads } = configOverrides(context.options);
  try {
    return await withDuckdb({ temporaryDirectory, threads, memoryLimitMb }, context.signal, work);
  } finally {
    await rm(temporaryDirectory, { recursive: true, force: true });
  }
}
