import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join, normalize } from "node:path";

const require = createRequire(import.meta.url);
const distOf = (name: string) => dirname(require.resolve(name));

const types: Record<string, string> = {
  html: "text/html",
  js: "text/javascript",
  mjs: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

/** A page, and the folders that it may read, on this machine's loopback. */
export interface PageServer {
  url: string;
  close: () => Promise<void>;
}

/**
 * Serves a page with transformers.js and ONNX Runtime's WebAssembly beside it, as a static host would.
 *
 * @param models Folder below `/models/`.
 */
export async function servePage(page: string, models: string): Promise<PageServer> {
  const folders: Record<string, string> = {
    "transformers.js": distOf("@huggingface/transformers"),
    ort: distOf("onnxruntime-web"),
    models,
  };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url!, "http://localhost").pathname);
    const [first = "", ...rest] = path.slice(1).split("/");
    const folder = folders[first];
    const file = normalize(rest.join("/"));
    const body =
      path === "/"
        ? page
        : folder && !file.startsWith("..") && (await readFile(join(folder, file)).catch(() => undefined));
    const type = path === "/" ? "html" : file.slice(file.lastIndexOf(".") + 1);
    response.writeHead(body ? 200 : 404, {
      "content-type": types[type] ?? "application/octet-stream",
      // A page of its own origin may use threads.
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(body || undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
