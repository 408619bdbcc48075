import { createReadStream, createWriteStream } from "node:fs";
import { Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TextDecoder } from "node:util";
import { DataError } from "../../base/errors.ts";
import { decompression } from "./decompress.ts";
import { Gb18030Evidence, likelyEncodings } from "./encoding.ts";
import type { Encoding } from "./reader.ts";

/** Cuts text into records and says what to write for each; it sees the text in pieces of any size. */
export interface RecordScanner {
  /** The line of the source that is being read, from 1. */
  readonly line: number;
  /** Returns what the copy gets for this piece. */
  scan(text: string): string;
  /** Returns what the copy gets last; throws where the text ends too early. */
  end(): string;
}

const sampleLength = 65_536;

/**
 * Copies a text file, decompressed and as UTF-8 without a byte order mark, as the scanner rewrites it. The scanner is chosen
 * from the text's beginning. Throws DataError: damaged_file, binary_file, bad_encoding, and what the scanner throws.
 */
export async function copyText<Scanner extends RecordScanner>(
  path: string,
  copy: string,
  start: Uint8Array,
  { choose, signal }: { choose: (sample: string, isWhole: boolean) => Scanner; signal?: AbortSignal },
): Promise<{ encoding: Encoding; scanner: Scanner }> {
  const encodings =
    decompression(start).length > 0 ? likelyEncodings(await firstInside(path, start)) : likelyEncodings(start);
  let failure: unknown;
  for (const encoding of encodings) {
    const text = new TextCopy(path, encoding, choose);
    try {
      await pipeline([createReadStream(path), ...decompression(start), text, createWriteStream(copy)] as never, {
        signal,
      });
      return { encoding, scanner: text.scanner };
    } catch (error) {
      if (!(error instanceof DataError) || error.code !== "bad_encoding") throw readable(path, error);
      failure ??= error;
    }
  }
  throw failure;
}

/** The first decompressed bytes. */
async function firstInside(path: string, start: Uint8Array): Promise<Uint8Array> {
  const source = createReadStream(path);
  const [decompressed] = decompression(start);
  source.on("error", (error) => decompressed.destroy(error));
  try {
    for await (const chunk of source.pipe(decompressed)) return (chunk as Buffer).subarray(0, 4096);
    return new Uint8Array(0);
  } catch (error) {
    throw readable(path, error);
  } finally {
    source.destroy();
  }
}

/** What the decompressors throw is about the file. */
function readable(path: string, error: unknown): unknown {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return code.startsWith("Z_") ? new DataError("damaged_file", { path, problem: message }, { cause: error }) : error;
}

class TextCopy<Scanner extends RecordScanner> extends Transform {
  readonly #path: string;
  readonly #decoder: TextDecoder;
  readonly #encoding: Encoding;
  readonly #choose: (sample: string, isWhole: boolean) => Scanner;
  readonly #evidence: Gb18030Evidence | undefined;
  #scanner: Scanner | undefined;
  #sample = "";
  #offset = 0;
  /** Lines before `#tail`, the bytes of the line that the last chunk left open. */
  #lines = 0;
  #tail: Buffer = Buffer.alloc(0);

  constructor(path: string, encoding: Encoding, choose: (sample: string, isWhole: boolean) => Scanner) {
    super({ decodeStrings: false });
    this.#path = path;
    this.#encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { fatal: true });
    this.#choose = choose;
    if (encoding === "gb18030") this.#evidence = new Gb18030Evidence();
  }

  /** After the text has ended. */
  get scanner(): Scanner {
    return this.#scanner as Scanner;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    answer(done, () => {
      const zero = this.#encoding.startsWith("utf-16") ? -1 : chunk.indexOf(0);
      if (zero >= 0) throw new DataError("binary_file", { path: this.#path, offset: this.#offset + zero });
      this.#evidence?.add(chunk);
      const text = this.#decode(chunk, true);
      this.#advance(chunk);
      if (this.#scanner) return this.#scanner.scan(text);
      this.#sample += text;
      return this.#sample.length < sampleLength ? "" : this.#begin(false);
    });
  }

  override _flush(done: TransformCallback): void {
    answer(done, () => {
      const rest = this.#decode(new Uint8Array(0), false);
      this.#sample += this.#scanner ? "" : rest;
      const begun = this.#scanner ? this.#scanner.scan(rest) : this.#begin(true);
      this.#judgeEvidence();
      return begun + this.scanner.end();
    });
  }

  #begin(isWhole: boolean): string {
    this.#scanner = this.#choose(this.#sample, isWhole);
    const sample = this.#sample;
    this.#sample = "";
    return this.#scanner.scan(sample);
  }

  #advance(chunk: Buffer): void {
    this.#offset += chunk.length;
    const end = chunk.lastIndexOf(10) + 1;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.#lines++;
    this.#tail = end > 0 ? chunk.subarray(end) : chunk;
  }

  #decode(chunk: Uint8Array, stream: boolean): string {
    try {
      return this.#decoder.decode(chunk, { stream });
    } catch (cause) {
      const place = this.#firstBadLine(Buffer.concat([this.#tail, chunk]));
      throw new DataError("bad_encoding", { path: this.#path, ...place }, { cause });
    }
  }

  /** No byte of a character is a line break but the line break itself, in UTF-8 and GB18030 alike. */
  #firstBadLine(bytes: Buffer): { line: number; offset: number } {
    const before = this.#offset - this.#tail.length;
    const decoder = new TextDecoder(this.#encoding, { fatal: true });
    for (let [start, line] = [0, this.#lines + 1]; ; line++) {
      const end = bytes.indexOf(10, start);
      try {
        decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
      } catch {
        return { line, offset: before + start };
      }
      if (end < 0) return { line, offset: before + start };
      start = end + 1;
    }
  }

  #judgeEvidence(): void {
    this.#evidence?.end();
    if (this.#evidence && !this.#evidence.isPlausible) {
      throw new DataError("bad_encoding", { path: this.#path, offset: 0, line: this.#evidence.utf8Line || 1 });
    }
  }
}

function answer(done: TransformCallback, work: () => string): void {
  let text: string;
  try {
    text = work();
  } catch (error) {
    done(error as Error);
    return;
  }
  done(null, text);
}
