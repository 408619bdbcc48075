import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { workerEntry } from "../../base/worker-entry.ts";
import { checkpointFile } from "./checkpoint-file.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "longrun-checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("safetensors", () => {
  const tensors = {
    weights: { data: Float32Array.of(1, -2.5), shape: [2] },
    step: { data: Int32Array.of(7), shape: [] },
  };

  it("has the layout of the format's README: length, header, values", () => {
    const file = writeSafetensors({ a: { data: Float32Array.of(1), shape: [1] } }, {});
    const header = '{"__metadata__":{},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(Buffer.from(file.slice(0, 8)).readBigUInt64LE()).toBe(BigInt(padded.length));
    expect(Buffer.from(file.slice(8, 8 + padded.length)).toString()).toBe(padded);
    expect([...file.slice(8 + padded.length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it("reads what it wrote", () => {
    const read = readSafetensors(writeSafetensors(tensors, { note: "α" }));
    expect(read).toEqual({ tensors, metadata: { note: "α" } });
  });

  it("takes a file that is cut short anywhere, or something else, for none", () => {
    const file = writeSafetensors(tensors, {});
    for (let length = 0; length < file.length; length++) expect(readSafetensors(file.slice(0, length))).toBeUndefined();
    expect(readSafetensors(new TextEncoder().encode("an onnx file, perhaps"))).toBeUndefined();
  });
});

/** A training of some seconds as a script of its own: the test runs it here, and in a process that it kills. */
function writeExample(): string {
  const path = join(folder, "example.mjs");
  const built = (specifier: string) => JSON.stringify(workerEntry(import.meta.url, specifier).href);
  writeFileSync(
    path,
    `import { createRandom } from ${built("../../base/random")};
import { systemClock } from ${built("../../base/clock")};
import { multilayer, multilayerParameters } from ${built("../layers/dense")};
import { dropout } from ${built("../layers/dropout")};
import { squaredError } from ${built("../losses/pointwise")};
import { adamW } from ${built("../optimisers/adam")};
import { checkpointFile } from ${built("./checkpoint-file")};
import { trainNetwork } from ${built("./training")};

export function train(checkpoint) {
  const random = createRandom("example");
  const values = Float32Array.from({ length: 40_000 }, () => random.normal());
  const network = {
    parameters: multilayerParameters([8, 32, 1], random),
    tables: { x: { width: 8, values }, one: { width: 1, values: new Float32Array(5000).fill(1) } },
    loss: (weights, { x, one }, noise) => ({
      loss: squaredError(multilayer(dropout(x, { rate: 0.1, noise }), weights), one),
      weight: one,
    }),
  };
  return trainNetwork(network, split(), {
    batchRows: 16, maxEpochs: 12, learningRate: 0.01, patience: 12, seed: "example", averagingDecay: 0.99,
    optimiser: adamW(), clock: systemClock, stopped: () => false,
    checkpoints: checkpoint && checkpointFile(checkpoint),
  });
}

function split() {
  const rows = Int32Array.from({ length: 5000 }, (_, row) => row);
  return { training: rows.subarray(0, 4000), validation: rows.subarray(4000) };
}

if (process.argv[2]) await train(process.argv[2]);
`,
  );
  return path;
}

describe("a training killed with SIGKILL", () => {
  it("goes on from its file with the same bits as one that was never killed", async () => {
    const example = writeExample();
    const checkpoint = join(folder, "training.safetensors");
    const child = spawn(process.execPath, [example, checkpoint], { stdio: "inherit" });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("exit", (_, signal) => resolve(signal)));
    while (!existsSync(checkpoint) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGKILL");
    expect(await ended, "it was killed before it came to its end").toBe("SIGKILL");

    const { train } = await import(pathToFileURL(example).href);
    expect(checkpointFile(checkpoint).read()?.length).toBeGreaterThan(0);
    expect(await train(checkpoint)).toEqual(await train());
  });

  it("leaves the old checkpoint when it is killed while writing the new one", () => {
    const store = checkpointFile(join(folder, "interrupted"));
    store.write(Uint8Array.of(1, 2, 3));
    writeFileSync(join(folder, "interrupted.partial"), "half a checkpo");
    expect(store.read()).toEqual(Uint8Array.of(1, 2, 3));
    store.write(Uint8Array.of(4));
    expect(store.read()).toEqual(Uint8Array.of(4));
  });
});
