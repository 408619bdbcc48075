import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import type { CheckpointStore } from "./checkpoint.ts";

/** Checkpoints in one file. It is written beside and renamed into place: a kill at any moment leaves the old or the new one. */
export function checkpointFile(path: string): CheckpointStore {
  return {
    read: () => (existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined),
    write(bytes) {
      const partial = `${path}.partial`;
      const file = openSync(partial, "w");
      try {
        for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(partial, path);
    },
  };
}
