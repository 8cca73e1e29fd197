import { z } from "zod";
import { HubError, Interrupted, TextuneError } from "../../core/errors.ts";
import { isCommit, type RepoCache, type RepoType, type TreeEntry } from "./cache.ts";
import { HubUnreachable, reason } from "./requests.ts";
import type { HubSettings } from "./settings.ts";

/** A commit and the files it holds, by path. */
export interface Listing {
  commit: string;
  entries: Map<string, TreeEntry>;
}

/** What is read of a listing in all; one without end would fill the memory. The largest real ones stay far below. */
const MOST_ENTRIES = 500_000;
const MOST_PAGES = 2_000;
const MOST_BYTES = 256e6;

const size = z.number().int().nonnegative();
const listedFile = z.object({
  path: z.string(),
  size,
  // Names of files in the cache are made of these.
  oid: z.string().regex(/^[0-9a-f]{40}$/),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size }).nullish(),
  xetHash: z.string().nullish(),
});

/**
 * The commit that a revision means now, and its files.
 *
 * @param request From `hubFetch(settings)`.
 * @throws HubRefusal where there is no such repository or revision, or access is refused.
 * @throws HubUnreachable where the answers are not those of a hub.
 * @throws HubError where the listing has no end.
 */
export async function lookUp(
  type: RepoType,
  name: string,
  revision: string,
  settings: HubSettings,
  request: typeof fetch,
  cache: RepoCache,
): Promise<Listing> {
  const params = { hubUrl: settings.endpoint, fetch: bounded(request, settings, `${type} ${name}`) };
  try {
    // Loaded here: what lies on this machine is opened without it.
    const { datasetInfo, listFiles, modelInfo } = await import("@huggingface/hub");
    const info = type === "model" ? modelInfo<"sha"> : datasetInfo<"sha">;
    const { sha: commit } = await info({ ...params, name, revision, additionalFields: ["sha"] });
    if (typeof commit !== "string" || !isCommit(commit)) throw new NotOfAHub("it gives no commit");
    // What a commit holds never changes.
    const known = await cache.listing(commit);
    if (known !== undefined) return { commit, entries: known };
    const entries = new Map<string, TreeEntry>();
    let seen = 0;
    for await (const entry of listFiles({
      ...{ ...params, repo: { type, name }, revision: commit, recursive: true },
    })) {
      if (++seen > MOST_ENTRIES) throw withoutEnd(`${type} ${name}`);
      if (entry?.type === "directory") continue;
      const file = listedFile.safeParse(entry);
      if (!file.success) throw new NotOfAHub("its listing has an entry that is no file");
      const { path, size, oid, lfs, xetHash } = file.data;
      entries.set(path, {
        ...{ size: lfs?.size ?? size, blob_id: oid },
        ...(lfs && { lfs_sha256: lfs.oid, lfs_size: lfs.size }),
        ...(xetHash && { xet_hash: xetHash }),
      });
    }
    return { commit, entries };
  } catch (cause) {
    if (settings.signal?.aborted) throw new Interrupted(undefined, { cause: settings.signal.reason });
    if (cause instanceof TextuneError) throw cause;
    const why =
      cause instanceof NotOfAHub
        ? cause.message
        : cause instanceof SyntaxError
          ? "its answer is not JSON"
          : reason(cause);
    throw new HubUnreachable(`${settings.endpoint} does not answer as a hub does (${why})`, { cause });
  }
}

class NotOfAHub extends Error {}

/** `fetch` whose answers, all together, have a bounded number of bytes; each may take a minute, counted from its head. */
function bounded(request: typeof fetch, { timeout }: HubSettings, subject: string): typeof fetch {
  let pages = 0;
  let bytes = 0;
  return async (input, init) => {
    if (++pages > MOST_PAGES) throw withoutEnd(subject);
    const stop = new AbortController();
    const response = await request(input, { ...init, signal: stop.signal });
    const timer = setTimeout(() => stop.abort(new Error("its answer takes too long")), 6000 * timeout);
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body ?? []) {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) throw withoutEnd(subject);
        chunks.push(chunk);
      }
      return new Response(Buffer.concat(chunks), { status: response.status, headers: response.headers });
    } finally {
      clearTimeout(timer);
    }
  };
}

function withoutEnd(subject: string): HubError {
  return new HubError(
    `the listing of ${subject} has no end in sight (more than ${MOST_ENTRIES.toLocaleString("en")} files and folders, or ${MOST_BYTES / 1e6} MB); download what is needed of it and give the folder`,
  );
}
