import { ConfigError } from "../core/errors.ts";

/** The two headers with which a page may use threads. */
const isolationHeaders =
  "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";

/**
 * Threads to compute with.
 *
 * @param wanted As many; by default the processor's, up to 8, and 1 where the page may use no more.
 * @throws ConfigError where more than one is asked for and the page may not.
 */
export function threadsFor(wanted: number | undefined): number {
  const mayShare = globalThis.crossOriginIsolated === true;
  if (wanted === undefined) return mayShare ? Math.min(navigator.hardwareConcurrency, 8) : 1;
  if (!Number.isInteger(wanted) || wanted < 1) {
    throw new ConfigError(`threads: ${wanted} is no number of threads; give 1 or more`);
  }
  if (wanted > 1 && !mayShare) {
    throw new ConfigError(
      `threads: ${wanted} needs a page that is cross-origin isolated; serve it with the headers ${isolationHeaders}, or leave threads out`,
    );
  }
  return wanted;
}

/** @throws ConfigError where the browser lacks what everything needs. */
export function checkFeatures(): void {
  if (typeof WebAssembly === "undefined") {
    throw new ConfigError(
      "this browser runs no WebAssembly; switch it on (Firefox: javascript.options.wasm in about:config; Safari: not in Lockdown Mode), or use another browser",
    );
  }
}

export function cacheNeeded(): ConfigError {
  return new ConfigError(
    "this page can't keep downloads (Cache API): serve it over https or from localhost, allow the site to store data, or give cache: false",
  );
}

export function privateFilesNeeded(cause?: unknown): ConfigError {
  return new ConfigError(
    "this page can't keep checkpoints (origin private file system): serve it over https or from localhost, outside private browsing, and allow the site to store data; or leave checkpoints out",
    { cause },
  );
}

/**
 * What to say of a worker, or of WebAssembly in it, that didn't start.
 *
 * @param where The script's address.
 * @param message The browser's own words; none where it keeps them to itself.
 */
export function startProblem(where: string, message: string): ConfigError {
  if (/content security policy|unsafe-eval/i.test(message)) {
    return new ConfigError(
      `the page's Content-Security-Policy forbids WebAssembly; add 'wasm-unsafe-eval' to its script-src, also where ${where} is served`,
    );
  }
  if (/SIMD is not supported/i.test(message)) {
    return new ConfigError("this browser's WebAssembly has no SIMD; use one of 2023 or later");
  }
  return new ConfigError(
    `the worker ${where} can't be started${message === "" ? "" : ` (${message})`}; serve it beside the page's script, from the same origin, or give its address as workerUrl`,
  );
}
