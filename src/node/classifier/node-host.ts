import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import type { Host } from "../../core/classifier/host.ts";
import { setThreads } from "../../core/engine/runtime.ts";
import { ConfigError } from "../../core/errors.ts";
import type { RunRecord } from "../../core/training/run-record.ts";
import { nodeRunner, type ThreadOptions } from "../worker/node-runner.ts";

const require = createRequire(import.meta.url);

/** The machine and the versions that a run happened on. */
export function environment(): RunRecord["environment"] {
  return {
    node: process.versions.node,
    onnxruntime: (require("onnxruntime-node/package.json") as { version: string }).version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
  };
}

/** The most memory this process has held, in bytes. */
export function peakMemory(): number {
  // Node counts in kilobytes, and on Linux includes what a parent held before it started this process.
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}

/** Node.js, as a classifier's host. */
export const nodeHost = (options: ThreadOptions = {}): Host => ({
  environment,
  peakMemory,
  runner: () => nodeRunner(options),
});

/** `TEXTUNE_THREADS`: threads of ONNX Runtime, where its own choice doesn't suit. */
function threadsFromEnvironment(): void {
  const text = process.env.TEXTUNE_THREADS;
  if (!text) return;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new ConfigError(
      `TEXTUNE_THREADS: ${JSON.stringify(text)} can't be used; give a whole number from 1`,
    );
  }
  setThreads(count);
}

threadsFromEnvironment();
