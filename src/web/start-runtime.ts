import { multiply } from "../core/engine/operators/index.ts";
import { Program } from "../core/engine/program.ts";
import { runtimeEnvironment } from "../core/engine/runtime.ts";
import { input } from "../core/engine/tensor.ts";
import { ConfigError } from "../core/errors.ts";
import { startProblem } from "./features.ts";
import type { RuntimeFiles } from "./messages.ts";

/**
 * Loads ONNX Runtime, which otherwise happens at the first graph: what it lacks is told before anyone waits for a
 * training.
 *
 * @throws ConfigError if its files aren't there, or the page's policy forbids it.
 */
export async function startRuntime(files: RuntimeFiles): Promise<void> {
  try {
    const program = await Program.compile({ output: multiply(input("input", "float32", [1]), 2) });
    await program.release();
  } catch (cause) {
    const message = (cause as Error).message ?? "";
    if (/content security policy|unsafe-eval|SIMD is not supported/i.test(message))
      throw startProblem("worker.js", message);
    if (!/no available backend|fetch|import/i.test(message)) throw cause;
    const { mjs, wasm } =
      typeof files === "string"
        ? { mjs: `${files}ort-wasm-simd-threaded.mjs`, wasm: `${files}ort-wasm-simd-threaded.wasm` }
        : files;
    const version = runtimeEnvironment.versions.web ?? "";
    throw new ConfigError(
      `ONNX Runtime can't be loaded from ${mjs} and ${wasm}; copy both files there from node_modules/onnxruntime-web/dist (version ${version}), or say as runtime where they are`,
      { cause },
    );
  }
}
