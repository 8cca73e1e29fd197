import { HubError, Interrupted, OutputError } from "../core/errors.ts";
import type { WorkOptions } from "../core/progress.ts";
import { cacheNeeded } from "./features.ts";

/** How files are fetched. */
export interface Download {
  fetch: typeof fetch;
  /** Keeps what was downloaded in the browser's Cache API, for the next visit. */
  cache: boolean;
  /** For the hub: an access token. */
  token: string | undefined;
  work: WorkOptions;
}

/** Of the Cache API. */
const cacheName = "textune";

/** What was kept of an address. @throws ConfigError where the browser keeps nothing for this page */
export async function kept(url: string): Promise<Response | undefined> {
  return (await openCache()).match(url);
}

async function openCache(): Promise<Cache> {
  if (typeof caches === "undefined") throw cacheNeeded();
  return caches.open(cacheName);
}

/** @throws HubError if the host can't be reached. */
export async function request(
  url: string,
  { fetch, token, work }: Download,
  init: RequestInit = {},
): Promise<Response> {
  try {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return await fetch(url, { ...init, headers, signal: work.signal });
  } catch (cause) {
    if (work.signal?.aborted) throw new Interrupted(undefined, { cause });
    throw new HubError(
      `${url} can't be reached: no connection, or its host lets no other site read it (CORS)`,
      { cause },
    );
  }
}

/**
 * Downloads a file, and keeps it.
 *
 * @param subject How progress calls it.
 * @returns undefined where there is none.
 * @throws HubError if the host can't be reached or refuses; OutputError where the browser has no room for it.
 */
export async function downloadFile(
  url: string,
  subject: string,
  download: Download,
): Promise<Blob | undefined> {
  const response = await request(url, download);
  if (response.status === 404) return undefined;
  if (!response.ok || !response.body) throw refused(url, response.status);
  const { headers } = response;
  const { onProgress } = download.work;
  // Where the host compresses, its length is not that of what arrives.
  const total = headers.has("content-encoding") ? 0 : Number(headers.get("content-length") ?? 0);
  let done = 0;
  const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      done += chunk.length;
      onProgress?.({ stage: "download", subject, done, total: Math.max(total, done) });
      controller.enqueue(chunk);
    },
  });
  const counted = new Response(response.body.pipeThrough(counting), { headers });
  try {
    if (!download.cache) return await checkedBlob(counted, url, total);
    const cache = await openCache();
    await cache.put(url, counted);
    const stored = await cache.match(url);
    return await checkedBlob(stored!, url, total).catch(async (error) => {
      await cache.delete(url);
      throw error;
    });
  } catch (cause) {
    if (download.work.signal?.aborted) throw new Interrupted(undefined, { cause });
    if (cause instanceof HubError) throw cause;
    if ((cause as Error).name === "QuotaExceededError") {
      throw new OutputError(
        `the browser has no room to keep ${url}; free some of the site's data, or give cache: false`,
        { cause },
      );
    }
    throw new HubError(`the download of ${url} broke off after ${done} bytes; try again`, { cause });
  }
}

async function checkedBlob(response: Response, url: string, total: number): Promise<Blob> {
  const blob = await response.blob();
  if (total > 0 && blob.size !== total) {
    throw new HubError(`the download of ${url} broke off after ${blob.size} of ${total} bytes; try again`);
  }
  return blob;
}

export function refused(url: string, status: number): HubError {
  if (status === 401 || status === 403) {
    return new HubError(`${url} is private or gated (${status}); give a token that may read it`);
  }
  if (status === 429) return new HubError(`${url}: too many requests (429); wait a minute and try again`);
  return new HubError(`${url} was refused with status ${status}; try again later`);
}

/** Keeps a small answer, such as a list of files. */
export async function keep(url: string, content: string): Promise<void> {
  await (await openCache()).put(url, new Response(content));
}

/** Keeps that there is no such file. */
export async function keepAbsence(url: string): Promise<void> {
  await (await openCache()).put(url, new Response(null, { status: 404 }));
}
