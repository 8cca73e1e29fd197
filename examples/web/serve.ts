/**
 * Builds textune for the browser and serves the page beside it, on this machine alone. Any static host does the same:
 * copy the folder's files, `dist/web` as `textune/`, and the two files of ONNX Runtime as `ort/`.
 *
 *     npx tsx examples/web/serve.ts [--port 8000] [--model FOLDER]
 *
 * With --model a local model is served too, as ./model/ for the page's field.
 */
import { mkdtemp, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundleWeb } from "../../scripts/web-bundle.ts";

const { values } = parseArgs({
  options: { port: { type: "string", default: "8000" }, model: { type: "string" } },
});
const built = await mkdtemp(join(tmpdir(), "textune-web-"));
await bundleWeb(built);

const folders: Record<string, string | undefined> = {
  textune: built,
  ort: dirname(createRequire(import.meta.url).resolve("onnxruntime-web")),
  model: values.model,
};
const own = dirname(fileURLToPath(import.meta.url));
const types: Record<string, string> = {
  ...{ ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css" },
  ...{ ".json": "application/json", ".wasm": "application/wasm" },
};

const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname)).slice(
    1,
  );
  const [first = "", ...rest] = path.split("/");
  const file = folders[first] ? join(folders[first], ...rest) : join(own, path || "index.html");
  const body = await readFile(file).catch(() => undefined);
  response.writeHead(body ? 200 : 404, {
    "content-type": types[extname(file)] ?? "application/octet-stream",
    "content-length": body?.length ?? 0,
    // With these two the page may use threads.
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
  });
  response.end(request.method === "HEAD" ? undefined : body);
});
server.listen(Number(values.port), "127.0.0.1", () => console.log(`http://localhost:${values.port}/`));
