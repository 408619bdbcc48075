import type { Encoding } from "./reader.ts";

/** The encodings to try in turn, from a file's first bytes: a byte order mark, the zeros of UTF-16, or neither. */
export function likelyEncodings(start: Uint8Array): readonly Encoding[] {
  if (start[0] === 0xff && start[1] === 0xfe) return ["utf-16le"];
  if (start[0] === 0xfe && start[1] === 0xff) return ["utf-16be"];
  const zeros = [0, 0];
  for (const [at, byte] of start.entries()) if (byte === 0) zeros[at % 2]++;
  // Half of western text in UTF-16 is zeros, all at even or all at odd places.
  if (zeros[1] > start.length / 4 && zeros[0] === 0) return ["utf-16le"];
  if (zeros[0] > start.length / 4 && zeros[1] === 0) return ["utf-16be"];
  return ["utf-8", "gb18030"];
}

/**
 * Watches bytes that are being read as GB18030, which nearly any bytes can pass for: text of another encoding would be kept as
 * wrong characters. Two things give it away: bytes above 127 that seldom come in pairs of the common plane (GB 2312), as in
 * western one-byte text, and a line that is UTF-8 throughout, as in a file put together from two.
 */
export class Gb18030Evidence {
  /** The first line that is UTF-8 beyond chance, 0 if none. */
  utf8Line = 0;
  #common = 0;
  #rare = 0;
  #lead = 0;
  #line = 1;
  #utf8 = new Utf8Line();

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#utf8.add(byte);
      if (byte === 10) this.#endLine();
      if (this.#lead > 0) {
        if (this.#lead >= 0xa1 && this.#lead <= 0xf7 && byte >= 0xa1) this.#common++;
        else this.#rare++;
        this.#lead = 0;
      } else if (byte > 0x80) this.#lead = byte;
    }
  }

  end(): void {
    this.#endLine();
  }

  get isPlausible(): boolean {
    return this.#common > this.#rare && this.utf8Line === 0;
  }

  #endLine(): void {
    if (this.utf8Line === 0 && this.#utf8.isBeyondChance) this.utf8Line = this.#line;
    this.#utf8 = new Utf8Line();
    this.#line++;
  }
}

/** Three characters of three bytes each and not one invalid byte: seen once in millions of lines of GB 2312 text. */
class Utf8Line {
  #isValid = true;
  #wide = 0;
  #expected = 0;
  #length = 0;

  get isBeyondChance(): boolean {
    return this.#isValid && this.#expected === 0 && this.#wide >= 3;
  }

  add(byte: number): void {
    if (this.#expected > 0) {
      if ((byte & 0xc0) !== 0x80) this.#isValid = false;
      else if (--this.#expected === 0 && this.#length === 3) this.#wide++;
    } else if (byte >= 0x80) {
      this.#length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 0;
      if (this.#length === 0 || byte > 0xf4) this.#isValid = false;
      this.#expected = Math.max(0, this.#length - 1);
    }
  }
}
