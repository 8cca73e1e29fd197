/** Precisions that a model is exported in, as transformers.js calls them. */
export const exportDtypes = ["fp32", "fp16", "q8"] as const;
export type ExportDtype = (typeof exportDtypes)[number];

/** Files as transformers.js looks for them, below the folder. */
export const onnxFiles: Record<ExportDtype, string> = {
  fp32: "onnx/model.onnx",
  fp16: "onnx/model_fp16.onnx",
  q8: "onnx/model_quantized.onnx",
};

/**
 * The precision that a folder is opened with where none is asked for. By itself transformers.js takes fp32 in Node.js
 * and q8 in the browser, so a folder that has both names none.
 */
export function defaultDtype(dtypes: readonly ExportDtype[]): ExportDtype | undefined {
  if (dtypes.includes("fp32") && dtypes.includes("q8")) return undefined;
  return (["fp32", "q8", "fp16"] as const).find((dtype) => dtypes.includes(dtype));
}
