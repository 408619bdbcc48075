import { Worker } from "node:worker_threads";
import { EngineError } from "../base/errors.ts";
import { inLanes } from "../base/lanes.ts";
import { workerEntry } from "../base/worker-entry.ts";

export interface WorkerRequest {
  readonly kind: "train" | "predict";
  readonly task: unknown;
  /** One shared integer; anything but 0 asks the worker to end after the run it is in. */
  readonly stopFlag: SharedArrayBuffer;
}

export interface WorkerOptions {
  readonly threads: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: () => void;
}

/**
 * Runs each task in a worker thread of its own, `threads` at a time, and returns the results in the order of the tasks.
 * A worker is never terminated while a session runs (that would abort the process): it is asked to stop and waited for.
 */
export async function inWorkers<Task, Result>(
  kind: WorkerRequest["kind"],
  tasks: readonly Task[],
  { threads, signal, onProgress }: WorkerOptions,
): Promise<Result[]> {
  const stopFlag = new SharedArrayBuffer(4);
  const stop = () => void Atomics.store(new Int32Array(stopFlag), 0, 1);
  signal?.addEventListener("abort", stop);
  const refuseAborted = () => {
    if (signal?.aborted) throw new EngineError("interrupted");
  };
  try {
    return await inLanes(tasks, threads, async (task) => {
      refuseAborted();
      return inWorker<Result>({ kind, task, stopFlag }, onProgress);
    });
  } finally {
    signal?.removeEventListener("abort", stop);
    refuseAborted(); // an interruption counts before any failure it caused
  }
}

function inWorker<Result>(request: WorkerRequest, onProgress?: () => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerEntry(import.meta.url, "./ziln-network-worker"), { workerData: request });
    let outcome: (() => void) | undefined;
    worker.on("message", (message: { progress?: true; result?: Result; error?: string }) => {
      if (message.progress) onProgress?.();
      else
        outcome = () =>
          message.error === undefined ? resolve(message.result as Result) : reject(new Error(message.error));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => (outcome ?? (() => reject(new Error(`a worker ended early with code ${code}`))))());
  });
}
