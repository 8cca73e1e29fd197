import type { Host } from "../core/classifier/host.ts";
import { runtimeEnvironment } from "../core/engine/runtime.ts";
import { LocalRunner } from "../core/runner/local-runner.ts";

/** A browser, as a classifier's host. It tells neither its memory nor its processor's name. */
export const browserHost: Host = {
  environment: () => ({
    browser: browserName(navigator.userAgent),
    onnxruntime: runtimeEnvironment.versions.web ?? "unknown",
    platform: `${systemName(navigator.userAgent)} (browser)`,
    cpu: `WebAssembly, ${threadWords(runtimeEnvironment.wasm.numThreads ?? 1)}`,
    cores: navigator.hardwareConcurrency,
  }),
  peakMemory: () => undefined,
  // All of it runs in a Web Worker already.
  runner: () => new LocalRunner(),
};

const threadWords = (threads: number): string => (threads === 1 ? "1 thread" : `${threads} threads`);

/** `Chrome 140`, as far as a browser says what it is. */
function browserName(userAgent: string): string {
  // Each calls itself by the names of those before it, too.
  for (const [pattern, name] of [
    [/Edg\/(\d+)/, "Edge"],
    [/Firefox\/(\d+)/, "Firefox"],
    [/Chrome\/(\d+)/, "Chrome"],
    [/Version\/(\d+).*Safari/, "Safari"],
  ] as const) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return "unknown";
}

function systemName(userAgent: string): string {
  return /Android|iPhone|iPad|Windows|Mac OS X|CrOS|Linux/.exec(userAgent)?.[0] ?? "unknown";
}
