import * as ort from "onnxruntime-node";

/** Values fed to or read from a model: 32-bit floats or integers with their shape. */
export interface Value {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

export type Values = Readonly<Record<string, Value>>;

export interface Session {
  run(feeds: Values): Promise<Record<string, Value>>;
  release(): Promise<void>;
}

/**
 * Opens a model on one thread: spinning helpers slow shared machines, and more than one thread would change the last
 * bits. `run` blocks the event loop, so sessions live in worker threads.
 */
export async function openSession(model: Uint8Array): Promise<Session> {
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
  });
  return {
    async run(feeds) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, shape }]) => [
          name,
          data instanceof Float32Array ? new ort.Tensor("float32", data, shape) : new ort.Tensor("int32", data, shape),
        ]),
      );
      const results = await session.run(tensors);
      return Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as Float32Array, shape: dims }]),
      );
    },
    release: () => session.release(),
  };
}
