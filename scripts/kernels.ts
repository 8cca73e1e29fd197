import { readFileSync } from "node:fs";
import wabt from "wabt";

const source = new URL("../src/core/training/vector-kernels.wat", import.meta.url);

/** The module that holds the assembled kernels. */
export const kernelsModule = new URL("../src/core/training/vector-kernels.ts", import.meta.url);

/** The text of `kernelsModule`, from the WebAssembly text beside it. */
export async function assembleKernels(): Promise<string> {
  const { parseWat } = await wabt();
  const parsed = parseWat("vector-kernels.wat", readFileSync(source, "utf8"), { simd: true });
  parsed.validate();
  const base64 = Buffer.from(parsed.toBinary({}).buffer).toString("base64");
  parsed.destroy();
  return [
    "/** vector-kernels.wat, assembled by `npm run build:kernels`: a WebAssembly module in base64. */",
    "export const vectorKernels =",
    `  "${base64}";`,
    "",
  ].join("\n");
}
