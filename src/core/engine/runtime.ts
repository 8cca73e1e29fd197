/**
 * ONNX Runtime, the one place where it comes in: `onnxruntime-node` in Node.js, `onnxruntime-web` elsewhere, as
 * package.json's `imports` choose by the condition that the host or the bundler sets.
 */
export { InferenceSession, Tensor as RuntimeTensor } from "#onnxruntime";
