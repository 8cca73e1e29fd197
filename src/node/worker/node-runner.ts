import { Worker } from "node:worker_threads";
import { threadOptions } from "../../core/engine/runtime.ts";
import { TextuneError } from "../../core/errors.ts";
import { LocalRunner } from "../../core/runner/local-runner.ts";
import { RemoteRunner, type RunnerThread } from "../../core/runner/remote-runner.ts";
import type { Runner } from "../../core/runner/runner.ts";
import { nodeHasher } from "../hasher.ts";

/** As built it runs beside this file; in the repository it is TypeScript, which has to be translated first. */
const threadFile = new URL(
  import.meta.url.endsWith(".ts") ? "./thread-from-source.mjs" : "./thread.js",
  import.meta.url,
);

/** Where the work of a classifier is done. */
export interface ThreadOptions {
  /**
   * Trains, predicts and evaluates in worker threads, so that the caller's thread stays free. `false` does it in the
   * caller's, for those who have a worker of their own. The results are the same bytes.
   *
   * @default true, unless the environment variable `TEXTUNE_WORKER` is `false`
   */
  worker?: boolean;
}

/** Whether threads are used. */
export const usesThreads = ({
  worker = process.env.TEXTUNE_WORKER !== "false",
}: ThreadOptions = {}): boolean => worker;

/** Does the work in a worker thread of its own, or in that of the caller. */
export function nodeRunner(options: ThreadOptions = {}): Runner {
  return usesThreads(options) ? new RemoteRunner(startThread) : new LocalRunner({ hasher: nodeHasher });
}

function startThread(): RunnerThread {
  // Flags of the process such as --import may be meant for it alone.
  const worker = new Worker(threadFile, { execArgv: [], workerData: threadOptions() });
  return {
    post: (message) => worker.postMessage(message),
    listen: (take) => worker.on("message", take),
    hold: (isBusy) => (isBusy ? worker.ref() : worker.unref()),
    onEnd: (failed) => {
      worker.on("error", (cause: Error & { code?: string }) => failed(endError(cause)));
      worker.on("exit", (code) =>
        failed(new TextuneError(`the worker thread ended with code ${code}; load the model again`)),
      );
    },
    end: async () => {
      await worker.terminate();
    },
  };
}

function endError(cause: Error & { code?: string }): Error {
  const isMemory = cause.code === "ERR_WORKER_OUT_OF_MEMORY";
  const why = isMemory ? "ran out of memory" : `failed: ${cause.message.split("\n", 1)[0]}`;
  return new TextuneError(`the worker thread ${why}`, { cause });
}
