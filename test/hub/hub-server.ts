import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A repository that the server offers: `files` under each revision's commit. */
export interface ServedRepo {
  type: "model" | "dataset";
  name: string;
  /** Revision name to the files at it; `main` is the usual one. */
  revisions: Record<string, Record<string, string | Buffer>>;
  /** Paths kept as large files: found by SHA-256 and sent by another host. */
  large?: string[];
  /** Only this token may read its files; the listing is public, as on the hub. */
  gatedFor?: string;
  /** Strangers are told that it doesn't exist. */
  privateFor?: string;
  /** The name under which the hub keeps it; the one asked for is redirected there. */
  movedTo?: string;
}

/** What the next answers to file requests do wrong, one after the other; afterwards all is well. */
export type Misbehaviour =
  | { cutAfter: number }
  | { stallAfter: number }
  | { status: number }
  | { corrupt: true }
  | { ignoreRange: true };

export interface HubServer {
  url: string;
  /** Every request: `GET /path`, with its range and whether a token came along. */
  log: { path: string; range: string | undefined; token: string | undefined; encoding: string | undefined }[];
  misbehave: Misbehaviour[];
  fileRequests: () => string[];
  close: () => Promise<void>;
}

export function commitOf(name: string, revision: string, files: Record<string, string | Buffer>): string {
  const hash = createHash("sha1").update(name).update(revision);
  for (const [path, content] of Object.entries(files)) hash.update(path).update(content);
  return hash.digest("hex");
}

export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

export function gitHash(content: string | Buffer): string {
  const bytes = Buffer.from(content);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** A server on this machine that answers the paths of the Hugging Face hub which downloads need. */
export async function startHub(repos: ServedRepo[]): Promise<HubServer> {
  const log: HubServer["log"] = [];
  const misbehave: Misbehaviour[] = [];
  const storage = new Map<string, Buffer>();

  // Large files come from elsewhere, as on the hub; a token must not follow there.
  const storageServer = createServer((request, response) => {
    note(request, log);
    sendFile(request, response, storage.get(request.url!.slice(1))!, misbehave.shift());
  });
  const storageUrl = await listen(storageServer);

  const hub = createServer((request, response) => {
    note(request, log);
    const url = new URL(request.url!, "http://hub");
    const path = decodeURIComponent(url.pathname);
    const token = request.headers.authorization?.replace("Bearer ", "");
    const repo = repos.find((candidate) => mentions(path, candidate.name));
    if (repo === undefined || (repo.privateFor !== undefined && repo.privateFor !== token)) {
      return refuse(response, token === undefined ? 401 : 404, "RepoNotFound");
    }
    if (repo.movedTo !== undefined) {
      response
        .writeHead(307, { Location: request.url!.replace(`/${repo.name}/`, `/${repo.movedTo}/`) })
        .end();
      return;
    }
    const commits = Object.entries(repo.revisions).map(([revision, files]) => ({
      revision,
      files,
      commit: commitOf(repo.name, revision, files),
    }));
    const at = (revision: string) =>
      commits.find((candidate) => candidate.revision === revision || candidate.commit === revision);

    const api = `/api/${repo.type}s/${repo.name}`;
    if (path.startsWith(`${api}/revision/`)) {
      const found = at(path.slice(`${api}/revision/`.length));
      if (found === undefined) return refuse(response, 404, "RevisionNotFound");
      return json(response, { _id: "0", id: repo.name, private: false, gated: false, sha: found.commit });
    }
    if (path.startsWith(`${api}/tree/`)) {
      const found = at(path.slice(`${api}/tree/`.length));
      if (found === undefined) return refuse(response, 404, "RevisionNotFound");
      const entries = Object.entries(found.files).map(([file, content]) => {
        const size = Buffer.byteLength(content);
        const entry = { type: "file", path: file, size, oid: gitHash(content) };
        return repo.large?.includes(file) ? { ...entry, lfs: { oid: sha256(content), size } } : entry;
      });
      // Two entries a page, to see that all pages are read.
      const start = Number(url.searchParams.get("cursor") ?? 0);
      if (start + 2 < entries.length) {
        url.searchParams.set("cursor", String(start + 2));
        response.setHeader(
          "Link",
          `<http://${request.headers.host}${url.pathname}${url.search}>; rel="next"`,
        );
      }
      return json(response, entries.slice(start, start + 2));
    }
    const [, commit, file] = /\/resolve\/([^/]+)\/(.+)$/.exec(path)!;
    const content = at(commit!)?.files[file!];
    if (content === undefined) return refuse(response, 404, "EntryNotFound");
    if (repo.gatedFor !== undefined && repo.gatedFor !== token) return refuse(response, 403, "GatedRepo");
    response.setHeader("X-Repo-Commit", at(commit!)!.commit);
    if (repo.large?.includes(file!)) {
      storage.set(sha256(content), Buffer.from(content));
      response.setHeader("X-Linked-Etag", `"${sha256(content)}"`);
      response.setHeader("X-Linked-Size", Buffer.byteLength(content));
      response.writeHead(302, { Location: `${storageUrl}/${sha256(content)}` }).end();
      return;
    }
    response.setHeader("ETag", `"${gitHash(content)}"`);
    sendFile(request, response, Buffer.from(content), misbehave.shift());
  });
  const url = await listen(hub);
  const close = async () => {
    for (const server of [hub, storageServer]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  };
  onTestFinished(close);
  const fileRequests = () => log.filter(({ path }) => !path.startsWith("/api/")).map(({ path }) => path);
  return { url, log, misbehave, fileRequests, close };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function note(request: IncomingMessage, log: HubServer["log"]): void {
  const { range, authorization } = request.headers;
  const encoding = request.headers["accept-encoding"];
  log.push({
    path: request.url!,
    range,
    token: authorization?.replace("Bearer ", ""),
    encoding: String(encoding),
  });
}

function mentions(path: string, name: string): boolean {
  return new RegExp(`^/(api/)?(models/|datasets/)?${name}/(revision|tree|resolve)/`).test(path);
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader("Content-Type", "application/json").end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "X-Error-Code": code, "Content-Type": "application/json" });
  response.end(JSON.stringify({ error: code }));
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  whole: Buffer,
  fault: Misbehaviour | undefined,
): void {
  if (fault !== undefined && "status" in fault) {
    response.writeHead(fault.status).end();
    return;
  }
  const range = /^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1];
  const start = range === undefined || (fault && "ignoreRange" in fault) ? 0 : Number(range);
  if (start > 0) response.setHeader("Content-Range", `bytes ${start}-${whole.length - 1}/${whole.length}`);
  let body = whole.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, { "Content-Length": body.length });
  if (fault && "corrupt" in fault) body = Buffer.from(body.map((byte) => byte ^ 1));
  if (fault && ("cutAfter" in fault || "stallAfter" in fault)) {
    const sent = "cutAfter" in fault ? fault.cutAfter : fault.stallAfter;
    response.write(body.subarray(0, sent), () => {
      if ("cutAfter" in fault) setTimeout(() => response.destroy(), 20);
    });
    return;
  }
  response.end(body);
}
