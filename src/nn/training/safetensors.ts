/**
 * The safetensors format (huggingface/safetensors, README, "Format"): the length of the header as 8 bytes, a JSON header
 * that says type, shape and place of every tensor, then the values, little-endian.
 */
import type { Value, Values } from "../session.ts";

interface SafetensorsFile {
  readonly tensors: Record<string, Value>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface TensorPlace {
  dtype: "F32" | "I32";
  shape: number[];
  data_offsets: [number, number];
}

const lengthBytes = 8;

export function writeSafetensors(tensors: Values, metadata: Readonly<Record<string, string>>): Uint8Array {
  const places: Record<string, TensorPlace> = {};
  let end = 0;
  for (const [name, { data, shape }] of Object.entries(tensors)) {
    const dtype = data instanceof Float32Array ? "F32" : "I32";
    places[name] = { dtype, shape: [...shape], data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = JSON.stringify({ __metadata__: metadata, ...places });
  // Filled up with spaces, so that values start at a multiple of 8.
  const encoded = new TextEncoder().encode(text);
  const header = new Uint8Array(Math.ceil(encoded.length / 8) * 8).fill(0x20);
  header.set(encoded);

  const file = new Uint8Array(lengthBytes + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, lengthBytes);
  for (const [name, { data }] of Object.entries(tensors)) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    file.set(bytes, lengthBytes + header.length + places[name].data_offsets[0]);
  }
  return file;
}

/** The tensors of a file; undefined when it is cut short or no such file. */
export function readSafetensors(file: Uint8Array): SafetensorsFile | undefined {
  try {
    const headerLength = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
    const start = lengthBytes + headerLength;
    const header = JSON.parse(new TextDecoder().decode(file.subarray(lengthBytes, start)));
    const { __metadata__: metadata, ...places } = header as Record<string, unknown>;
    const tensors = Object.entries(places as Record<string, TensorPlace>).map(([name, place]) => {
      const [from, to] = place.data_offsets;
      const bytes = file.slice(start + from, start + to);
      if (bytes.length !== to - from) throw new RangeError(`${name} is cut short`);
      const data = place.dtype === "F32" ? new Float32Array(bytes.buffer) : new Int32Array(bytes.buffer);
      return [name, { data, shape: place.shape }] as const;
    });
    return { tensors: Object.fromEntries(tensors), metadata: (metadata ?? {}) as Record<string, string> };
  } catch {
    return undefined;
  }
}
