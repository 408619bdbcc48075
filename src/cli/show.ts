import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { summaryLines } from "../report/summary-text.ts";
import { Project } from "../runs/project.ts";
import { ArtifactStore } from "../runs/store.ts";
import { type RunSummary, stageNames } from "../schema/summary.ts";
import { identityMergesOf } from "./identities.ts";
import { type CommandContext, printResult } from "./options.ts";

/** `longrun show`: the last run in words, or what one stage found. */
export async function show(context: CommandContext, subject: string | undefined): Promise<void> {
  const project = new Project(context.options.project);
  project.requireExisting();
  if (subject === undefined || subject === "summary") {
    const summary = lastSummary(project);
    printResult(context, summary, () => summaryLines(summary, context.language));
    return;
  }
  const document = subject === "identities" ? await identityMergesOf(project) : subjects(project, subject);
  printResult(context, document, () => [JSON.stringify(document, null, 2)]);
}

function subjects(project: Project, subject: string): unknown {
  if (subject === "sources") return project.sources();
  if (subject === "plan") return lastSummary(project).plan;
  if (subject === "effects") return lastSummary(project).effects;
  if (subject === "backtest") return lastSummary(project).backtest;
  if (subject === "frontier") return lastSummary(project).frontier;
  if ((stageNames as readonly string[]).includes(subject)) return stageValues(project, subject);
  throw new InputError("unknown_subject", {
    subject,
    known: ["summary", "sources", "plan", "effects", "backtest", "frontier", "identities", ...stageNames],
  });
}

/** What a finished stage recorded about itself. */
export function stageValues(project: Project, stage: string): unknown {
  const artifact = new ArtifactStore(project.artifacts).find(stage);
  if (!artifact) throw new InputError("unknown_stage_output", { stage, path: project.directory });
  return artifact.values;
}

function lastSummary(project: Project): RunSummary {
  const path = join(project.state, "summary.json");
  if (!existsSync(path)) throw new InputError("unknown_stage_output", { stage: "summary", path: project.directory });
  return JSON.parse(readFileSync(path, "utf8")) as RunSummary;
}
