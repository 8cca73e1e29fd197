import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { ServedCommits, type ServedFile, type ServedRepo } from "./served-repo.ts";

/** What an answer with a file's contents does wrong. */
export type Misbehaviour =
  | { cutAfter: number }
  | { stallAfter: number }
  | { status: number }
  | { corrupt: true }
  | { ignoreRange: true };

export interface HubDoubleOptions {
  /** Entries of a listing on one page. @default 1000 */
  pageSize?: number;
  /** Tokens that are known besides those that the repositories name. */
  tokens?: readonly string[];
  /** The first time that a large file is asked for, the connection breaks in its middle. */
  breakLarge?: boolean;
  /** Large files whose path contains this are answered with 503, always. */
  deny?: string;
  /** Seconds over which the contents of a large file are spread. */
  slow?: number;
}

export interface HubDouble {
  url: string;
  /** Every request: its path, its range and whether a token came along. */
  log: { path: string; range: string | undefined; token: string | undefined; encoding: string | undefined }[];
  /** What the next answers with contents do wrong, one after the other; afterwards all is well. */
  misbehave: Misbehaviour[];
  /** Seconds for which the next requests to the API are limited, one after the other. */
  limits: number[];
  /** Requests for contents, wherever they come from. */
  fileRequests: () => string[];
  close: () => Promise<void>;
}

/**
 * A server on this machine that answers as huggingface.co does: what downloads ask for, its refusals, its redirects to
 * contents and its limits. Large files come from a second server, as from its CDN.
 */
export async function startHubDouble(
  repos: readonly ServedRepo[],
  options: HubDoubleOptions = {},
): Promise<HubDouble> {
  const log: HubDouble["log"] = [];
  const storage = new Storage(options);
  const storageServer = createServer((request, response) => {
    note(request, log);
    storage.answer(request, response);
  });
  const storageUrl = await listen(storageServer);
  const limits: number[] = [];
  const served = repos.map((repo) => ({ repo, commits: new ServedCommits(repo) }));
  const known = new Set(options.tokens);
  for (const { gatedFor, privateFor } of repos)
    for (const token of [gatedFor, privateFor]) known.add(token ?? "");
  const hubServer = createServer((request, response) => {
    note(request, log);
    const answer = new Answer(request, response);
    const isApi = answer.path.startsWith("/api/") && !answer.path.startsWith("/api/resolve-cache/");
    const limit = isApi ? limits.shift() : undefined;
    response.setHeader(
      "RateLimit",
      `"${isApi ? "api" : "resolvers"}";r=${limit === undefined ? 499 : 0};t=${limit ?? 300}`,
    );
    if (limit !== undefined) {
      return answer.refuse(
        429,
        undefined,
        "We had to rate limit your IP. To continue, log in and pass a HF_TOKEN.",
      );
    }
    if (answer.token !== undefined && !known.has(answer.token)) {
      return answer.refuse(401, undefined, "Invalid credentials in Authorization header");
    }
    const place = parsePath(answer.path);
    if (place === undefined) return answer.refuse(404, undefined, "Not found");
    const found = find(served, place);
    if (found === undefined || (found.repo.privateFor ?? answer.token) !== answer.token) {
      if (answer.token !== undefined) return answer.refuse(404, "RepoNotFound", "Repository not found");
      return answer.refuse(401, undefined, "Invalid username or password.");
    }
    const { repo, commits } = found;
    const target = repo.movedTo ?? repo.name;
    // Relative to the host, as the hub's are.
    if (target !== place.name) return answer.redirect(307, relocated(request.url!, place.name, target));
    const commit = commits.commit(place.revision);
    if (commit === undefined) {
      return answer.refuse(404, "RevisionNotFound", `Invalid rev id: ${place.revision}`);
    }
    if (place.operation === "revision") {
      const { gatedFor, privateFor } = repo;
      const state = { private: privateFor !== undefined, gated: gatedFor === undefined ? false : "auto" };
      const siblings = [...commits.files(commit).keys()].map((rfilename) => ({ rfilename }));
      const dates = { lastModified: "2024-01-01T00:00:00.000Z", createdAt: "2022-03-02T23:29:04.000Z" };
      return answer.json({ _id: "0", id: repo.name, ...state, ...dates, sha: commit, tags: [], siblings });
    }
    if (place.operation === "tree")
      return answer.page(treeEntries(commits.files(commit)), options.pageSize ?? 1000);
    response.setHeader("X-Repo-Commit", commit);
    const file = commits.files(commit).get(place.path);
    if (file === undefined) return answer.refuse(404, "EntryNotFound", "Entry not found");
    if (place.operation === "resolve-cache") return storage.send(file, request, response, true);
    if (repo.gatedFor !== undefined && repo.gatedFor !== answer.token) {
      const status = answer.token === undefined ? 401 : 403;
      return answer.refuse(status, "GatedRepo", `Access to ${repo.type} ${repo.name} is restricted.`);
    }
    response.setHeader("ETag", `"${file.oid}"`);
    response.setHeader("X-Linked-ETag", `"${file.lfs?.oid ?? file.oid}"`);
    response.setHeader("X-Linked-Size", file.content.length);
    if (file.lfs === undefined) {
      const name = file.path.split("/").map(encodeURIComponent).join("%2F");
      return answer.redirect(
        307,
        `/api/resolve-cache/${repo.type}s/${repo.name}/${commit}/${name}?etag=%22${file.oid}%22`,
      );
    }
    response.setHeader("X-Xet-Hash", file.xetHash);
    return answer.redirect(302, `${storageUrl}/xet-bridge-us/${storage.keep(file)}?X-Amz-Expires=3600`);
  });
  const url = await listen(hubServer);
  const close = async () => {
    for (const server of [hubServer, storageServer]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  };
  const fileRequests = () =>
    log.map(({ path }) => path).filter((path) => /\/resolve\/|xet-bridge/.test(path));
  return { url, log, misbehave: storage.misbehave, limits, fileRequests, close };
}

/** What of which repository a path is about. */
interface Place {
  kind: "model" | "dataset";
  name: string;
  operation: "revision" | "tree" | "resolve" | "resolve-cache";
  revision: string;
  path: string;
}

/** Names are one or two parts long; a revision with slashes comes encoded, or as `refs/pr/1`. */
function parsePath(path: string): Place | undefined {
  const revision = "(refs/(?:pr|convert)/[^/]+|[^/]+)";
  const patterns: [RegExp, Place["operation"] | undefined][] = [
    [/^\/api\/resolve-cache\/(models|datasets)\/(.+?)\/([0-9a-f]{40})\/(.+)$/, "resolve-cache"],
    [new RegExp(`^/api/(models|datasets)/(.+?)/revision/${revision}$`), "revision"],
    [new RegExp(`^/api/(models|datasets)/(.+?)/tree/${revision}$`), "tree"],
    [new RegExp(`^/(?:(datasets)/)?(.+?)/resolve/${revision}/(.+)$`), "resolve"],
    [/^\/api\/(models|datasets)\/(.+)$/, undefined],
  ];
  for (const [pattern, operation] of patterns) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const [, kind = "models", name, revision = "main", file = ""] = match.map(
      (part) => part && decodeURIComponent(part),
    );
    return {
      kind: kind === "models" ? "model" : "dataset",
      ...{ name: name!, operation: operation ?? "revision", revision, path: file },
    };
  }
  return undefined;
}

/** A name counts in whatever case; the right one wins. */
function find<T extends { repo: ServedRepo }>(served: readonly T[], { kind, name }: Place): T | undefined {
  const ofKind = served.filter(({ repo }) => repo.type === kind);
  return (
    ofKind.find(({ repo }) => repo.name === name) ??
    ofKind.find(({ repo }) => repo.name.toLowerCase() === name.toLowerCase())
  );
}

/** An address with one repository's name in place of another's. */
function relocated(url: string, name: string, target: string): string {
  const [path, query] = url.split("?");
  const moved = `${path}/`.replace(`/${name}/`, `/${target}/`).slice(0, -1);
  return query === undefined ? moved : `${moved}?${query}`;
}

/** Files and the folders that they lie in, folders first. */
function treeEntries(files: ReadonlyMap<string, ServedFile>): unknown[] {
  const folders = new Set<string>();
  for (const path of files.keys()) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join("/"));
  }
  return [
    ...[...folders].sort().map((path) => ({ type: "directory", oid: "0".repeat(40), size: 0, path })),
    ...[...files.values()].map(({ path, content, oid, lfs, xetHash }) => {
      const entry = { type: "file", path, size: content.length, oid };
      return lfs === undefined ? entry : { ...entry, lfs, xetHash };
    }),
  ];
}

/** One request to the hub, and the ways to answer it. */
class Answer {
  readonly path: string;
  readonly token: string | undefined;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #url: URL;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
    this.#url = new URL(request.url!, `http://${request.headers.host}`);
    // Encoded slashes stay: they are part of a revision's name.
    this.path = this.#url.pathname;
    this.token = request.headers.authorization?.replace("Bearer ", "");
  }

  json(value: unknown, status = 200): void {
    this.#response.statusCode = status;
    this.#response.setHeader("Content-Type", "application/json; charset=utf-8");
    sendCompressed(this.#request, this.#response, Buffer.from(JSON.stringify(value)));
  }

  page(entries: readonly unknown[], size: number): void {
    const start = Number(this.#url.searchParams.get("cursor") ?? 0);
    if (start + size < entries.length) {
      this.#url.searchParams.set("cursor", String(start + size));
      this.#response.setHeader("Link", `<${this.#url}>; rel="next"`);
    }
    this.json(entries.slice(start, start + size));
  }

  refuse(status: number, code: string | undefined, message: string): void {
    if (code !== undefined) this.#response.setHeader("X-Error-Code", code);
    this.#response.setHeader("X-Error-Message", message);
    this.json({ error: message }, status);
  }

  redirect(status: number, location: string): void {
    this.#response.writeHead(status, { Location: location, "Content-Type": "text/plain; charset=utf-8" });
    this.#response.end(this.#request.method === "HEAD" ? undefined : `Redirecting to ${location}`);
  }
}

/** The contents of files: what is wrong with their delivery goes wrong here. */
class Storage {
  readonly misbehave: Misbehaviour[] = [];
  readonly #options: HubDoubleOptions;
  readonly #files = new Map<string, ServedFile>();
  readonly #broken = new Set<string>();

  constructor(options: HubDoubleOptions) {
    this.#options = options;
  }

  /** Makes a large file available; returns its name here. */
  keep(file: ServedFile): string {
    this.#files.set(file.xetHash, file);
    return file.xetHash;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const file = this.#files.get(/\/xet-bridge-us\/([0-9a-f]{64})/.exec(request.url!)?.[1] ?? "");
    if (file === undefined)
      return void response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
    const { deny, breakLarge, slow } = this.#options;
    if (deny !== undefined && file.path.includes(deny)) return void response.writeHead(503).end("slow down");
    if (breakLarge && request.method === "GET" && !this.#broken.has(file.xetHash)) {
      this.#broken.add(file.xetHash);
      this.misbehave.unshift({ cutAfter: Math.floor(file.content.length / 2) });
    }
    this.send(file, request, response, false, slow);
  }

  send(
    { content, oid }: ServedFile,
    request: IncomingMessage,
    response: ServerResponse,
    isCompressible: boolean,
    slow = 0,
  ): void {
    const fault = request.method === "GET" ? this.misbehave.shift() : undefined;
    if (fault && "status" in fault) return void response.writeHead(fault.status).end();
    response.setHeader("ETag", `"${oid}"`);
    response.setHeader("Accept-Ranges", "bytes");
    const range = /^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1];
    if (range === undefined && fault === undefined && isCompressible) {
      sendCompressed(request, response, content);
      return;
    }
    const start = range === undefined || (fault && "ignoreRange" in fault) ? 0 : Number(range);
    if (start > 0 && start >= content.length) {
      return void response.writeHead(416, { "Content-Range": `bytes */${content.length}` }).end();
    }
    if (start > 0)
      response.setHeader("Content-Range", `bytes ${start}-${content.length - 1}/${content.length}`);
    let body = content.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, { "Content-Length": body.length });
    if (request.method === "HEAD") return void response.end();
    if (fault && "corrupt" in fault) body = Buffer.from(body.map((byte) => byte ^ 1));
    if (fault && ("cutAfter" in fault || "stallAfter" in fault)) {
      const sent = "cutAfter" in fault ? fault.cutAfter : fault.stallAfter;
      response.write(body.subarray(0, sent), () => {
        if ("cutAfter" in fault) setTimeout(() => response.destroy(), 50);
      });
      return;
    }
    if (slow === 0) return void response.end(body);
    const step = Math.max(1, Math.ceil(body.length / 20));
    const sendStep = (from: number) => {
      if (from >= body.length || response.destroyed) return void response.end();
      response.write(body.subarray(from, from + step));
      setTimeout(() => sendStep(from + step), (slow * 1000) / 20);
    };
    sendStep(0);
  }
}

function sendCompressed(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const compress = /gzip/.test(String(request.headers["accept-encoding"])) && body.length > 0;
  // Compressed answers are sent in chunks, without a length.
  if (compress) response.setHeader("Content-Encoding", "gzip");
  else response.setHeader("Content-Length", body.length);
  if (request.method === "HEAD") return void response.end();
  response.end(compress ? gzipSync(body) : body);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function note(request: IncomingMessage, log: HubDouble["log"]): void {
  const { range, authorization, "accept-encoding": encoding } = request.headers;
  const token = authorization?.replace("Bearer ", "");
  log.push({ path: request.url!, range, token, encoding: String(encoding) });
}
