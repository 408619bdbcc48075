import * as ort from "onnxruntime-node";
import { ModelError } from "../base/errors.ts";

/** Values fed to or read from a model: 32-bit floats or integers with their shape. */
export interface Value {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

export type Values = Readonly<Record<string, Value>>;

/** What a model file must have to be used: the inputs that are fed, each with its width, and the outputs that are read. */
export interface ModelSignature {
  readonly inputs: Readonly<Record<string, number>>;
  readonly outputs: readonly string[];
}

export interface Session {
  run(feeds: Values): Promise<Record<string, Value>>;
  release(): Promise<void>;
}

/**
 * Opens a model that was read from a file. Throws ModelError unreadable_network for bytes that are no model or were cut
 * short, and foreign_network for a model that does not take and give what the signature says.
 */
export async function openServedModel(model: Uint8Array, { inputs, outputs }: ModelSignature): Promise<Session> {
  const session = await created(model).catch((cause) => {
    const problem = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0];
    throw new ModelError("unreadable_network", { problem, bytes: model.length }, { cause });
  });
  const names = Object.keys(inputs);
  const fits = ({ name, ...value }: ort.InferenceSession.ValueMetadata) =>
    value.isTensor && name in inputs && value.shape[1] === inputs[name];
  const isWhole = session.inputNames.length === names.length && session.inputMetadata.every(fits);
  if (!isWhole || !outputs.every((name) => session.outputNames.includes(name))) {
    const found = `${described(session.inputMetadata)} → ${session.outputNames.join(", ")}`;
    await session.release();
    const wanted = names.map((name) => `${name}[rows, ${inputs[name]}]`).join(", ");
    throw new ModelError("foreign_network", { found, expected: `${wanted} → ${outputs.join(", ")}` });
  }
  return sessionOf(session);
}

const described = (inputs: readonly ort.InferenceSession.ValueMetadata[]): string =>
  inputs.map((value) => `${value.name}${value.isTensor ? `[${value.shape.join(", ")}]` : ""}`).join(", ");

/**
 * Opens a model on one thread: spinning helpers slow shared machines, and more than one thread would change the last
 * bits. `run` blocks the event loop, so sessions live in worker threads.
 */
export async function openSession(model: Uint8Array): Promise<Session> {
  return sessionOf(await created(model));
}

const created = (model: Uint8Array): Promise<ort.InferenceSession> =>
  ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
  });

function sessionOf(session: ort.InferenceSession): Session {
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
