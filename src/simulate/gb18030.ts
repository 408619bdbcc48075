/**
 * Text to GB18030, which Node can read but not write: the table is turned round once from what `TextDecoder` reads.
 * Two-byte codes by trial; everything else of the basic plane by the four-byte codes in their linear order.
 */
let codes: Map<number, number> | undefined;

export function encodeGb18030(text: string): Buffer {
  codes ??= invertDecoder();
  const bytes = Buffer.allocUnsafe(text.length * 4);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i)!;
    if (point < 0x80) {
      bytes[length++] = point;
      continue;
    }
    if (point > 0xffff) i++;
    // Above the basic plane the four-byte codes follow the code points, from 90 30 81 30 on.
    const code = point > 0xffff ? fourBytes(189_000 + point - 0x10000) : codes.get(point)!;
    length = code > 0xffff ? bytes.writeUInt32BE(code, length) : bytes.writeUInt16BE(code, length);
  }
  return bytes.subarray(0, length);
}

/** The four-byte code at a place of the linear order, as a 32-bit number. */
function fourBytes(linear: number): number {
  const last = linear % 10;
  const third = Math.floor(linear / 10) % 126;
  const second = Math.floor(linear / 1260) % 10;
  const first = Math.floor(linear / 12_600);
  return ((0x81 + first) * 0x1000000 + (0x30 + second) * 0x10000 + (0x81 + third) * 0x100 + 0x30 + last) >>> 0;
}

function invertDecoder(): Map<number, number> {
  const table = new Map<number, number>();
  const decoder = new TextDecoder("gb18030");
  const bytes = Buffer.alloc(4);
  const learn = (code: number, width: number) => {
    const text = decoder.decode(bytes.subarray(0, width));
    const point = text.codePointAt(0)!;
    const whole = text.length === 1 && point !== 0xfffd && point >= 0x80;
    if (whole && !table.has(point)) table.set(point, code);
  };
  for (let first = 0x81; first <= 0xfe; first++) {
    for (let second = 0x40; second <= 0xfe; second++) {
      if (second === 0x7f) continue;
      const code = first * 256 + second;
      bytes.writeUInt16BE(code, 0);
      learn(code, 2);
    }
  }
  for (let linear = 0; linear < 39_420; linear++) {
    const code = fourBytes(linear);
    bytes.writeUInt32BE(code, 0);
    learn(code, 4);
  }
  return table;
}
