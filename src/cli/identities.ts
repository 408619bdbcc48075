import { InputError } from "../base/errors.ts";
import { openDuckdb } from "../engine/duckdb/engine.ts";
import { from, table } from "../engine/sql/query.ts";
import { openTable } from "../runs/artifact.ts";
import type { Project } from "../runs/project.ts";
import { ArtifactStore } from "../runs/store.ts";
import { identityMerges } from "../schema/clean-tables.ts";

/** One merge of two customer ids; instants as ISO text, null where unknown or where the merge holds. */
export interface IdentityMerge {
  merge_id: string;
  from_customer_id: string;
  into_customer_id: string;
  rule: string;
  merged_at: string | null;
  undone_at: string | null;
}

/** Every merge that cleaning made or was told to undo. Throws InputError "unknown_stage_output". */
export async function identityMergesOf(project: Project): Promise<IdentityMerge[]> {
  const cleaned = new ArtifactStore(project.artifacts).find("clean");
  if (!cleaned) throw new InputError("unknown_stage_output", { stage: "clean", path: project.directory });
  const engine = await openDuckdb({ temporaryDirectory: project.temporary });
  try {
    const m = table({ ...identityMerges, name: await openTable(engine, cleaned, "identity_merges") }, "m");
    const { rows, texts, numbers } = await engine.collect(from(m).select(m.columns).orderBy(m.columns.merge_id));
    const text = (name: string, row: number) => texts[name][row] as string;
    const instant = (epochMs: number) => (Number.isNaN(epochMs) ? null : new Date(epochMs).toISOString());
    return Array.from({ length: rows }, (_, row) => ({
      merge_id: text("merge_id", row),
      from_customer_id: text("from_customer_id", row),
      into_customer_id: text("into_customer_id", row),
      rule: text("rule", row),
      merged_at: instant(numbers.merged_at[row]),
      undone_at: instant(numbers.undone_at[row]),
    }));
  } finally {
    await engine.close();
  }
}
