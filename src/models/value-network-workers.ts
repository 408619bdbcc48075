import { Worker } from "node:worker_threads";
import { EngineError, type ErrorDetails, type ErrorKind, LongrunError } from "../base/errors.ts";
import { inLanes } from "../base/lanes.ts";
import { workerEntry } from "../base/worker-entry.ts";

export interface WorkerRequest {
  readonly kind: "train" | "predict";
  readonly task: unknown;
  /** One shared integer; anything but 0 asks the worker to end after the run it is in. */
  readonly stopFlag: SharedArrayBuffer;
}

/** A foreseen failure as it crosses the thread: an error loses its class on the way. */
export interface WorkerFailure {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: ErrorDetails;
}

export type WorkerMessage<Result> =
  | { readonly progress: unknown }
  | { readonly result: Result }
  | { readonly failure: WorkerFailure }
  | { readonly bug: string };

export interface WorkerOptions<Report> {
  readonly threads: number;
  readonly signal?: AbortSignal;
  /** What a task reports while it runs, with its place among the tasks. */
  readonly onProgress?: (report: Report, index: number) => void;
}

/**
 * Runs each task in a worker thread, `threads` at a time, and returns the results in the order of the tasks.
 * A worker is never terminated while a session runs (that would abort the process): it is asked to stop and waited for.
 */
export async function inWorkers<Task, Result, Report = never>(
  kind: WorkerRequest["kind"],
  tasks: readonly Task[],
  { threads, signal, onProgress }: WorkerOptions<Report>,
): Promise<Result[]> {
  const stopFlag = new SharedArrayBuffer(4);
  const stop = () => void Atomics.store(new Int32Array(stopFlag), 0, 1);
  signal?.addEventListener("abort", stop);
  const refuseAborted = () => {
    if (signal?.aborted) throw new EngineError("interrupted");
  };
  try {
    return await inLanes([...tasks.entries()], threads, async ([index, task]) => {
      refuseAborted();
      return inWorker<Result, Report>({ kind, task, stopFlag }, (report) => onProgress?.(report, index));
    });
  } finally {
    signal?.removeEventListener("abort", stop);
    refuseAborted(); // an interruption counts before any failure it caused
  }
}

/** Threads between two tasks: one that has loaded the runtime need not be made anew, and none of them keeps the process alive. */
const idle: Worker[] = [];

function inWorker<Result, Report>(request: WorkerRequest, onProgress: (report: Report) => void): Promise<Result> {
  const worker = idle.pop() ?? new Worker(workerEntry(import.meta.url, "./value-network-worker"));
  worker.ref();
  return new Promise((resolve, reject) => {
    worker.on("message", (message: WorkerMessage<Result>) => {
      if ("progress" in message) return onProgress(message.progress as Report);
      for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event); // of others the worker has its own
      worker.unref();
      idle.push(worker);
      if ("result" in message) resolve(message.result);
      else reject(errorOf(message));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`a worker ended early with code ${code}`)));
    worker.postMessage(request);
  });
}

function errorOf(message: { failure: WorkerFailure } | { bug: string }): Error {
  if ("bug" in message) return new Error(message.bug);
  const { kind, code, details } = message.failure;
  return new LongrunError(kind, code, details);
}
