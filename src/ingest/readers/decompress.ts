import { Transform, type TransformCallback } from "node:stream";
import { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";

/** The streams that undo a compression recognised by its first bytes; none for plain bytes. */
export function decompression(start: Uint8Array): Transform[] {
  if (start[0] === 0x1f && start[1] === 0x8b) return [createGunzip()];
  if (Buffer.from(start).readUIntBE(0, Math.min(4, start.length)) === 0x28b52ffd) return [new Unzstd()];
  return [];
}

/** Node 20 has no Zstandard of its own. */
class Unzstd extends Transform {
  readonly #decompress = new Decompress((chunk) => void this.push(chunk));

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#push(chunk, false, done);
  }

  override _flush(done: TransformCallback): void {
    this.#push(new Uint8Array(0), true, done);
  }

  #push(chunk: Uint8Array, final: boolean, done: TransformCallback): void {
    try {
      this.#decompress.push(chunk, final);
      done();
    } catch (cause) {
      // Bytes that are no Zstandard make the decoder fail in many ways.
      done(Object.assign(new Error(`Zstandard: ${(cause as Error).message}`, { cause }), { code: "Z_ZSTD_ERROR" }));
    }
  }
}
