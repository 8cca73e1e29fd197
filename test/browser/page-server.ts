import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join, normalize } from "node:path";

const require = createRequire(import.meta.url);
/** The folder of a package's main script. */
export const distOf = (name: string): string => dirname(require.resolve(name));

const types: Record<string, string> = {
  html: "text/html",
  js: "text/javascript",
  mjs: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

/** A page of its own origin may use threads. */
const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** A page, and the folders that it may read, on this machine's loopback. */
export interface PageServer {
  url: string;
  close: () => Promise<void>;
}

/** What the page may see and do. */
export interface PageServerOptions {
  /** Folders by the first part of the path below which they are served. */
  folders: Readonly<Record<string, string>>;
  /** Sends the headers with which a page may use threads. @default true */
  isolated?: boolean;
  /** More headers, of every answer. */
  headers?: Readonly<Record<string, string>>;
}

/** Serves a page with folders beside it, as a static host would. */
export async function servePage(
  page: string,
  { folders, isolated = true, headers = {} }: PageServerOptions,
): Promise<PageServer> {
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
      ...(isolated && isolation),
      ...headers,
      ...(body && { "content-length": Buffer.byteLength(body) }),
    });
    response.end(request.method === "HEAD" ? undefined : body || undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
