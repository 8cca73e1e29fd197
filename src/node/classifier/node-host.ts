import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import type { Host } from "../../core/classifier/host.ts";
import type { RunRecord } from "../../core/training/run-record.ts";

const require = createRequire(import.meta.url);

/** The machine and the versions that a run happened on. */
function environment(): RunRecord["environment"] {
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
export const nodeHost: Host = { environment, peakMemory };
