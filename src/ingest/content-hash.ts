import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** SHA-256 of what a file says: the same for a file and its gzipped copy, whatever their names. */
export async function contentHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    if (isGzip(path)) {
      await pipeline(createReadStream(path), createGunzip(), hash);
      return hash.digest("hex");
    }
  } catch {
    // No gzip after all, or a broken one: its bytes are what it says. Reading it tells what is wrong.
    return hashOfBytes(path);
  }
  return hashOfBytes(path);
}

async function hashOfBytes(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

export function isGzip(path: string): boolean {
  const start = Buffer.alloc(2);
  const file = openSync(path, "r");
  readSync(file, start, 0, 2, 0);
  closeSync(file);
  return start[0] === 0x1f && start[1] === 0x8b;
}
