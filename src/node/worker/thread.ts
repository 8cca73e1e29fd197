import { parentPort, workerData } from "node:worker_threads";
import { setThreads, type threadOptions } from "../../core/engine/runtime.ts";
import { LocalRunner } from "../../core/runner/local-runner.ts";
import { serveRunner } from "../../core/runner/remote-runner.ts";
import { nodeHasher } from "../hasher.ts";

/** What runs in a worker thread: the work of a classifier, for the thread that started this one. */
const port = parentPort!;

setThreads((workerData as ReturnType<typeof threadOptions>).intraOpNumThreads);

serveRunner(
  {
    post: (message) => port.postMessage(message),
    listen: (take) => port.on("message", take),
  },
  new LocalRunner({ hasher: nodeHasher }),
);
