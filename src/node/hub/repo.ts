import { join } from "node:path";
import { datasetInfo, listFiles, modelInfo } from "@huggingface/hub";
import { DataError, HubError, ModelError, TextuneError } from "../../core/errors.ts";
import { isCommit, isFile, RepoCache, type RepoType, writing } from "./cache.ts";
import { downloadBlob, type RemoteFile } from "./download.ts";
import { HubRefusal, HubUnreachable, hubFetch, reason } from "./requests.ts";
import { type HubOptions, type HubSettings, hubSettings } from "./settings.ts";

/** A repository of the hub at one commit. */
export interface Repo {
  name: string;
  /** Local folder in which its files appear. */
  folder: string;
  /** All its files; without a connection, those in the cache. */
  paths: string[];
  /** Local paths of files from `paths`, downloading those that the cache lacks. */
  files: (paths: readonly string[]) => Promise<string[]>;
}

/** `owner/name`, or only `name` for a few old ones. */
export function isRepoName(name: string): boolean {
  return /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/.test(name) && !name.includes("..");
}

/**
 * Looks up a repository on the hub. Where the hub can't be reached, or by option or environment must not be, what
 * the cache holds of it serves.
 *
 * @throws DataError or ModelError where there is no such repository or revision.
 * @throws HubError where access is refused, or neither the hub nor the cache serves.
 */
export async function openRepo(type: RepoType, name: string, options: HubOptions = {}): Promise<Repo> {
  const settings = hubSettings(options);
  const revision = options.revision ?? "main";
  const cache = new RepoCache(settings.cacheDir, type, name);
  if (settings.offline) {
    const repo = await openCached(cache, name, revision);
    if (repo !== undefined) return repo;
    throw new HubError(
      `${type} ${name} is not in the cache ${settings.cacheDir}, and HF_HUB_OFFLINE forbids to download it`,
    );
  }
  try {
    return await openRemote(cache, type, name, revision, settings, options.onProgress);
  } catch (error) {
    if (!(error instanceof HubUnreachable)) throw error;
    const repo = await openCached(cache, name, revision);
    if (repo !== undefined) return repo;
    throw new HubError(`${error.message}; ${type} ${name} is not in the cache ${settings.cacheDir}`, {
      cause: error,
    });
  }
}

async function openCached(cache: RepoCache, name: string, revision: string): Promise<Repo | undefined> {
  const commit = await cache.commitOf(revision);
  const paths = commit === undefined ? [] : await cache.list(commit);
  if (commit === undefined || paths.length === 0) return undefined;
  const find = async (path: string) => {
    const local = await cache.find(commit, path);
    if (local === undefined)
      throw new HubError(`${path} of ${name} is not in the cache, and there is no connection`);
    return local;
  };
  return { name, folder: cache.snapshot(commit), paths, files: (wanted) => Promise.all(wanted.map(find)) };
}

async function openRemote(
  cache: RepoCache,
  type: RepoType,
  name: string,
  revision: string,
  settings: HubSettings,
  onProgress: HubOptions["onProgress"],
): Promise<Repo> {
  const request = hubFetch(settings);
  const refused = (error: unknown) => {
    throw error instanceof HubRefusal ? explain(error, type, name, revision, settings) : error;
  };
  const { commit, files: remote } = await lookUp(type, name, revision, settings, request).catch(refused);
  if ((await cache.commitOf(revision)) !== commit) {
    await writing(settings.cacheDir, () => cache.rememberCommit(revision, commit));
  }

  async function download(file: RemoteFile, onBytes: (received: number) => void): Promise<void> {
    const blob = cache.blob(file.hash);
    const path = file.path.split("/").map(encodeURIComponent).join("/");
    const url = `${settings.endpoint}/${type === "model" ? "" : "datasets/"}${name}/resolve/${commit}/${path}`;
    if (!(await isFile(blob))) await downloadBlob(url, file, blob, settings, request, onBytes);
    await cache.publish(file.hash, commit, file.path);
  }

  async function files(wanted: readonly string[]): Promise<string[]> {
    const missing: RemoteFile[] = [];
    for (const path of new Set(wanted)) {
      if ((await cache.find(commit, path)) === undefined) missing.push(remote.get(path)!);
    }
    const total = missing.reduce((sum, { size }) => sum + size, 0);
    let before = 0;
    for (const file of missing) {
      const report = (bytes: number) =>
        onProgress?.({ repo: name, file: file.path, received: before + bytes, total });
      await writing(settings.cacheDir, () => download(file, report)).catch(refused);
      before += file.size;
    }
    return wanted.map((path) => join(cache.snapshot(commit), path));
  }
  return { name, folder: cache.snapshot(commit), paths: [...remote.keys()], files };
}

/** The commit that a revision means now, and its files by path. */
async function lookUp(
  type: RepoType,
  name: string,
  revision: string,
  settings: HubSettings,
  request: typeof fetch,
): Promise<{ commit: string; files: Map<string, RemoteFile> }> {
  // A listing of many pages takes more than one request; each may take a minute, body included.
  const limited: typeof fetch = (input, init) =>
    request(input, { ...init, signal: AbortSignal.timeout(6000 * settings.timeout) });
  const params = { hubUrl: settings.endpoint, fetch: limited };
  try {
    const info = type === "model" ? modelInfo<"sha"> : datasetInfo<"sha">;
    const { sha: commit } = await info({ ...params, name, revision, additionalFields: ["sha"] });
    if (!isCommit(commit)) throw new Error(`its commit of ${name} is ${commit}`);
    const files = new Map<string, RemoteFile>();
    const listing = listFiles({ ...params, repo: { type, name }, revision: commit, recursive: true });
    for await (const { type: kind, path, size, oid, lfs } of listing) {
      const hash = lfs?.oid ?? oid;
      if (kind !== "file" || hash === undefined || !isSafePath(path)) continue;
      files.set(path, { path, size: lfs?.size ?? size, hash });
    }
    return { commit, files };
  } catch (cause) {
    if (cause instanceof TextuneError) throw cause;
    throw new HubUnreachable(`${settings.endpoint} does not answer as a hub does (${reason(cause)})`, {
      cause,
    });
  }
}

/** The listing comes from outside: a path in it must not lead out of the cache. */
function isSafePath(path: string): boolean {
  return !/^\/|[\\:]/.test(path) && !path.split("/").includes("..");
}

function explain(
  refusal: HubRefusal,
  type: RepoType,
  name: string,
  revision: string,
  { endpoint, token }: HubSettings,
): TextuneError {
  const { status } = refusal;
  const cause = refusal;
  // A mirror may give no word for it.
  const code = refusal.code ?? (status === 404 ? "RepoNotFound" : undefined);
  const Unknown = type === "model" ? ModelError : DataError;
  const access = token === undefined ? "set HF_TOKEN" : "use a token (HF_TOKEN) that has access";
  switch (code) {
    case "RevisionNotFound":
      return new Unknown(`${type} ${name} has no revision "${revision}"`, { cause });
    case "GatedRepo": {
      const page = `${endpoint}/${type === "model" ? "" : "datasets/"}${name}`;
      return new HubError(`${type} ${name} is gated: accept its terms on ${page}, then ${access}`, { cause });
    }
    // The hub says so, with status 401, of what is private too.
    case "RepoNotFound": {
      const here = type === "model" ? "no folder" : "no file or folder";
      return new Unknown(
        `unknown ${type} "${name}": ${here} of that name here, and none on ${endpoint} (if it is private there, ${access})`,
        { cause },
      );
    }
  }
  return status === 401 || status === 403
    ? new HubError(`${refusal.message}; ${access}`, { cause })
    : refusal;
}
