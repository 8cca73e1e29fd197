import { join } from "node:path";
import { DataError, HubError, ModelError, type OutputError, type TextuneError } from "../../core/errors.ts";
import { isFile, RepoCache, type RepoType, type TreeEntry, writing } from "./cache.ts";
import { downloadBlob, type RemoteFile } from "./download.ts";
import { nearRepo } from "./known-names.ts";
import { lookUp } from "./listing.ts";
import { HubRefusal, HubUnreachable, hubFetch } from "./requests.ts";
import { type HubOptions, type HubSettings, hubSettings } from "./settings.ts";

/** A repository of the hub at one commit. */
export interface Repo {
  name: string;
  /** Local folder in which its files appear. */
  folder: string;
  /** All its files, cached or not; where `isWhole` is false, those in the cache. */
  paths: string[];
  /** False where there is no connection and the cache doesn't say what files the repository has in all. */
  isWhole: boolean;
  /** Whether the repository is known to have no such file. */
  lacks: (path: string) => Promise<boolean>;
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
  const lacking = async (because: string, cause?: unknown) => {
    const near = await nearRepo(type, name, settings.cacheDir);
    const guess = near === undefined ? "" : ` (did you mean "${near}"?)`;
    const here = type === "model" ? "no folder" : "no file or folder";
    return new HubError(
      `there is ${here} ${name}${guess}, ${type} ${name} is not in the cache ${settings.cacheDir}, and ${because}`,
      { cause },
    );
  };
  if (settings.offline) {
    const because = "HF_HUB_OFFLINE forbids to download it";
    const repo = await openCached(cache, name, revision, because);
    if (repo !== undefined) return repo;
    throw await lacking(because);
  }
  try {
    return await openRemote(cache, type, name, revision, settings, options.onProgress);
  } catch (error) {
    if (!(error instanceof HubUnreachable)) throw error;
    const repo = await openCached(cache, name, revision, error.message);
    if (repo !== undefined) return repo;
    throw await lacking(`the hub could not be asked: ${error.message}`, error);
  }
}

/** What the cache holds of a repository; undefined where that is nothing. @param because Why no more can be had. */
async function openCached(
  cache: RepoCache,
  name: string,
  revision: string,
  because: string,
): Promise<Repo | undefined> {
  const commit = await cache.commitOf(revision);
  const cached = commit === undefined ? [] : await cache.list(commit);
  if (commit === undefined || cached.length === 0) return undefined;
  const listing = await cache.listing(commit);
  const files = async (wanted: readonly string[]) => {
    const found = await Promise.all(
      wanted.map((path) => cache.find(commit, path, sizeOf(listing?.get(path)))),
    );
    const lacking = wanted.filter((_, i) => found[i] === undefined);
    if (lacking.length > 0) {
      const more = lacking.length === 1 ? "" : ` and ${lacking.length - 1} more`;
      throw new HubError(`the cache lacks ${lacking[0]}${more} of ${name}, and ${because}`);
    }
    return found as string[];
  };
  const paths = listing === undefined ? cached : [...listing.keys()];
  const lacks = async (path: string) =>
    listing === undefined ? cache.isAbsent(commit, path) : !listing.has(path);
  return { name, folder: cache.snapshot(commit), paths, isWhole: listing !== undefined, lacks, files };
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
  const refused = async (error: unknown): Promise<never> => {
    throw error instanceof HubRefusal ? await explain(error, type, name, revision, settings) : error;
  };
  const { commit, entries } = await lookUp(type, name, revision, settings, request, cache).catch(refused);
  // A cache that is only read (part of an image, shared by many) serves as well, as long as nothing is lacking.
  const unwritable = await writing(settings.cacheDir, async () => {
    if ((await cache.listing(commit)) === undefined) await cache.rememberListing(commit, entries);
    if ((await cache.commitOf(revision)) !== commit) await cache.rememberCommit(revision, commit);
  }).catch((error: OutputError) => error);
  if (unwritable instanceof Error && (await cache.list(commit)).length === 0) throw unwritable;
  const remote = new Map([...entries].map(([path, entry]) => [path, remoteFile(path, entry)]));

  async function download(file: RemoteFile, onBytes: (received: number) => void): Promise<void> {
    const blob = cache.blob(file.hash);
    const path = file.path.split("/").map(encodeURIComponent).join("/");
    const url = `${settings.endpoint}/${type === "model" ? "" : "datasets/"}${name}/resolve/${commit}/${path}`;
    if (!(await isFile(blob, file.size))) await downloadBlob(url, file, blob, settings, request, onBytes);
    await cache.publish(file.hash, commit, file.path);
  }

  async function files(wanted: readonly string[]): Promise<string[]> {
    const missing: RemoteFile[] = [];
    for (const path of new Set(wanted)) {
      checkPath(path, name);
      const file = remote.get(path)!;
      if ((await cache.find(commit, path, file.size)) === undefined) missing.push(file);
    }
    if (missing.length > 0 && unwritable instanceof Error) throw unwritable;
    const total = missing.reduce((sum, { size }) => sum + size, 0);
    let before = 0;
    for (const file of missing) {
      const report = (bytes: number) =>
        onProgress?.({ stage: "download", subject: name, done: before + bytes, total });
      await writing(settings.cacheDir, () => download(file, report)).catch(refused);
      before += file.size;
    }
    return wanted.map((path) => join(cache.snapshot(commit), path));
  }
  const lacks = async (path: string) => !remote.has(path);
  return { name, folder: cache.snapshot(commit), paths: [...remote.keys()], isWhole: true, lacks, files };
}

function remoteFile(path: string, entry: TreeEntry): RemoteFile {
  return { path, size: sizeOf(entry), hash: entry.lfs_sha256 ?? entry.blob_id };
}

function sizeOf(entry: TreeEntry): number;
function sizeOf(entry: TreeEntry | undefined): number | undefined;
function sizeOf(entry: TreeEntry | undefined): number | undefined {
  return entry?.lfs_size ?? entry?.size;
}

/**
 * The listing comes from outside: a path in it must not lead out of the cache, and this system must be able to hold
 * it.
 */
function checkPath(path: string, name: string): void {
  const parts = (process.platform === "win32" ? path.replaceAll("\\", "/") : path).split("/");
  if (path.includes("\0") || parts.some((part) => part === ".." || part === "." || part === "")) {
    throw new HubError(`${name} has a file that leads out of its folder: ${JSON.stringify(path)}`);
  }
  if (process.platform === "win32" && /[<>:"|?*\\]/.test(path)) {
    throw new HubError(`${name} has a file whose name Windows can't hold: ${path}`);
  }
}

async function explain(
  refusal: HubRefusal,
  type: RepoType,
  name: string,
  revision: string,
  { endpoint, token, cacheDir }: HubSettings,
): Promise<TextuneError> {
  const { status } = refusal;
  const cause = refusal;
  // A mirror may give no word for it.
  const code = refusal.code ?? (status === 404 ? "RepoNotFound" : undefined);
  const Unknown = type === "model" ? ModelError : DataError;
  const access =
    token === undefined
      ? "set HF_TOKEN"
      : token.isInvalid
        ? `give a valid token: the one in ${token.source} is invalid`
        : "use a token (HF_TOKEN) that has access";
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
      const near = await nearRepo(type, name, cacheDir);
      const guess = near === undefined ? "" : `; did you mean "${near}"?`;
      return new Unknown(
        `unknown ${type} "${name}", or a private one: ${here} of that name here, and none on ${endpoint} that can be seen${guess} (if it is private, ${access})`,
        { cause },
      );
    }
  }
  return status === 401 || status === 403
    ? new HubError(`${refusal.message}; ${access}`, { cause })
    : refusal;
}
