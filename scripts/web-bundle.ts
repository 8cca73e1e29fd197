import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const pathOf = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/**
 * Bundles `textune/web`: the page's script `index.js`, `worker.js` beside it, and the parts that they share. ONNX
 * Runtime's script is in it; its WebAssembly, which textune's users serve themselves, is not.
 *
 * @param folder Where it goes.
 * @param options.entries More scripts by name, of pages that bundle textune with their own.
 * @returns Bytes of each file by name.
 */
export async function bundleWeb(
  folder: string,
  { entries = {}, ...options }: BuildOptions & { entries?: Record<string, string> } = {},
): Promise<Record<string, number>> {
  const { metafile } = await build({
    entryPoints: { index: pathOf("src/web/index.ts"), worker: pathOf("src/web/worker.ts"), ...entries },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    // Errors are told apart by the names of their classes.
    keepNames: true,
    chunkNames: "chunk-[hash]",
    // Of ONNX Runtime the script without its WebAssembly's own, which workers of threads load by its address.
    conditions: ["onnxruntime-web-use-extern-wasm"],
    metafile: true,
    logLevel: "warning",
    ...options,
  });
  return Object.fromEntries(
    Object.entries(metafile?.outputs ?? {}).map(([path, { bytes }]) => [path.split("/").at(-1)!, bytes]),
  );
}
