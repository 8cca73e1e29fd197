/**
 * ONNX Runtime, the one place where it comes in: `onnxruntime-node` in Node.js, `onnxruntime-web` elsewhere, as
 * package.json's `imports` choose by the condition that the host or the bundler sets.
 */
import { env } from "#onnxruntime";

export { env as runtimeEnvironment, InferenceSession, Tensor as RuntimeTensor } from "#onnxruntime";

/** Whether a run writes into the tensors that it is given for its outputs; WebAssembly's has them in its own memory. */
export const fillsGivenOutputs = (): boolean => env.versions.web === undefined;

let threads: number | undefined;

/**
 * Threads of every graph that is compiled from now on. One is best for several processes or workers side by side, and
 * for models so small that handing work to threads costs more than the work.
 *
 * @param count From 1; undefined leaves it to ONNX Runtime, which takes one for each physical core.
 */
export function setThreads(count: number | undefined): void {
  threads = count;
}

/** As a session's options take them. */
export const threadOptions = (): { intraOpNumThreads?: number } =>
  threads === undefined ? {} : { intraOpNumThreads: threads };
