/**
 * Zstandard as its format describes it (RFC 8878), uncompressed blocks only: one frame without a checksum, whose blocks hold at
 * most 128 KiB. Node 20 cannot compress it.
 */
export function zstdCompress(text: string): Buffer {
  const bytes = Buffer.from(text);
  const blockBytes = 128 * 1024;
  const blocks: Buffer[] = [];
  for (let start = 0; start === 0 || start < bytes.length; start += blockBytes) {
    const block = bytes.subarray(start, start + blockBytes);
    const isLast = start + blockBytes >= bytes.length ? 1 : 0;
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | isLast, 0, 3);
    blocks.push(header, block);
  }
  // Magic number; no single segment, no checksum, no content size; a window of 128 KiB.
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3]), ...blocks]);
}
