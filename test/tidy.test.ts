import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "../src");

/** Rooms from the ground up; a room may import from rooms below it, never from its own level or above. */
const levels: readonly (readonly string[])[] = [
  ["base"],
  ["schema", "language", "stats"],
  ["nn", "solvers", "engine", "simulate"],
  ["tuning", "plan"],
  ["models", "runs"],
  ["panel", "lifetime", "allocation"],
  ["blend"],
  ["ingest", "clean", "features", "train", "predict", "optimize", "evaluate"],
  ["report"],
  ["pipeline.ts"],
  ["validation"],
  ["index.ts", "cli", "server"],
];

const levelOf = new Map(levels.flatMap((rooms, level) => rooms.map((room) => [room, level] as const)));

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });
}

const files = filesUnder(source).filter((path) => path.endsWith(".ts"));
const roomOf = (path: string) => relative(source, path).split("/")[0];

function importsOf(path: string): { target: string; room: string }[] {
  const text = readFileSync(path, "utf8");
  return [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, specifier]) => {
    const target = join(path, "..", specifier);
    return { target, room: roomOf(target) };
  });
}

describe("the house", () => {
  it("has no room that the plan does not name", () => {
    expect([...new Set(files.map(roomOf))].filter((room) => !levelOf.has(room))).toEqual([]);
  });

  it("imports only downwards, so stages are strangers to each other", () => {
    const wrong = files.flatMap((path) =>
      importsOf(path)
        .filter(({ room }) => room !== roomOf(path))
        .filter(({ room }) => !((levelOf.get(room) ?? -1) < (levelOf.get(roomOf(path)) ?? -1)))
        .map(({ target }) => `${relative(source, path)} → ${relative(source, target)}`),
    );
    expect(wrong).toEqual([]);
  });

  it("lets only the evaluation of simulated shops and the demo know the simulator", () => {
    const wrong = files
      .filter((path) => !["simulate", "evaluate", "cli", "pipeline.ts"].includes(roomOf(path)))
      .filter((path) => importsOf(path).some(({ room }) => room === "simulate"));
    expect(wrong).toEqual([]);
  });

  it("lets no stage read the truth folder", () => {
    const stages = new Set(levels[7]);
    const wrong = files
      .filter((path) => stages.has(roomOf(path)) && !path.endsWith(".test.ts"))
      .filter((path) => /["'`/]truth\//.test(readFileSync(path, "utf8").replaceAll(/from "[^"]+"/g, "")));
    expect(wrong).toEqual([]);
  });

  it("asks for time and chance in one place only", () => {
    const allowed = new Set(["base/clock.ts", "base/random.ts"]);
    const wrong = files
      .filter((path) => !allowed.has(relative(source, path)) && !path.endsWith(".test.ts"))
      .filter((path) => /Math\.random\(|Date\.now\(|new Date\(\)/.test(readFileSync(path, "utf8")));
    expect(wrong.map((path) => relative(source, path))).toEqual([]);
  });

  it("keeps files short enough to read", () => {
    const long = files.filter((path) => readFileSync(path, "utf8").split("\n").length > 400);
    expect(long.map((path) => relative(source, path))).toEqual([]);
  });
});
