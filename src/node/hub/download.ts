import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, stat, truncate } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { HubError, Interrupted } from "../../core/errors.ts";
import { HubUnreachable, pause, reason } from "./requests.ts";
import type { HubSettings } from "./settings.ts";

/** What the hub says of a file's contents. */
export interface RemoteFile {
  path: string;
  /** Bytes. */
  size: number;
  /** SHA-256 of large files, git's blob hash (SHA-1) of others; hexadecimal. The cache names contents by it. */
  hash: string;
}

/** Attempts in a row that bring no byte further. */
const TRIES = 5;

/**
 * Brings a file's contents to `blob`. They arrive under another name and are renamed once size and hash are
 * right, so nothing half or damaged ever stands there. A connection that breaks is taken up where it broke, within
 * this call or by a later one.
 *
 * `downloadFileToCacheDir` of @huggingface/hub does neither: it starts over after a break, under a name that
 * two processes share, and checks nothing. Hence this module.
 *
 * @param hubFetch From `hubFetch(settings)`.
 * @param onBytes Called with the bytes received so far.
 */
export async function downloadBlob(
  url: string,
  file: RemoteFile,
  blob: string,
  settings: HubSettings,
  hubFetch: typeof fetch,
  onBytes: (received: number) => void,
): Promise<void> {
  await mkdir(dirname(blob), { recursive: true });
  const part = await claimPart(blob);
  try {
    await receive(url, file, part, settings, hubFetch, onBytes);
    await rename(part, blob);
  } catch (error) {
    await rename(part, `${blob}.textune.incomplete`).catch(() => {});
    throw error;
  }
}

/** This machine, in a file's name: process numbers mean nothing on another one that shares the cache. */
const MACHINE = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/**
 * A name of our own for the contents while they arrive. What an earlier download of textune left behind that failed or
 * no longer runs is taken over by renaming it, which only one of several processes can do. Partial files of other
 * tools (`HASH.incomplete`, `HASH.abcd1234.incomplete`) are theirs, however old: one that seems abandoned may be
 * written to at this moment.
 */
async function claimPart(blob: string): Promise<string> {
  const start = `${basename(blob)}.textune`;
  const mine = join(
    dirname(blob),
    `${start}-${MACHINE}-${process.pid}-${randomUUID().slice(0, 8)}.incomplete`,
  );
  const names = await readdir(dirname(blob));
  for (const name of names) {
    if (!name.startsWith(start)) continue;
    const [, machine, pid] =
      /^-([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.incomplete$/.exec(name.slice(start.length)) ?? [];
    const abandoned =
      pid === undefined ? name === `${start}.incomplete` : machine === MACHINE && !isRunning(Number(pid));
    if (!abandoned) continue;
    const taken = await rename(join(dirname(blob), name), mine).then(
      () => true,
      () => false,
    );
    if (taken) break;
  }
  return mine;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function receive(
  url: string,
  file: RemoteFile,
  part: string,
  settings: HubSettings,
  hubFetch: typeof fetch,
  onBytes: (received: number) => void,
): Promise<void> {
  let furthest = 0;
  let failures = 0;
  let mismatches = 0;
  for (;;) {
    let problem = await continuePart(url, file, part, settings, hubFetch, onBytes);
    const { size } = await stat(part);
    if (size === file.size) {
      if ((await hashFile(part, file)) === file.hash) return;
      mismatches++;
      problem = "its contents don't match the hash that the hub gives";
    }
    // As long as the file and wrong, or longer: not a beginning that could be continued.
    if (size >= file.size) await truncate(part, 0);
    else if (size > furthest) {
      furthest = size;
      failures = 0;
    }
    failures++;
    if (failures === TRIES || mismatches === 2) {
      throw new HubError(`${file.path} could not be downloaded from ${url}: ${problem}`);
    }
    await pause(0.1 * 2 ** failures, settings.signal);
  }
}

/** One request for what is missing. Returns what went wrong where the file is not complete after it. */
async function continuePart(
  url: string,
  file: RemoteFile,
  part: string,
  settings: HubSettings,
  hubFetch: typeof fetch,
  onBytes: (received: number) => void,
): Promise<string | undefined> {
  const disk = await open(part, "a");
  const silence = new AbortController();
  const giveUp = () => silence.abort(new Error(`no data for ${settings.timeout} s`));
  let timer: NodeJS.Timeout | undefined;
  try {
    let received = (await disk.stat()).size;
    if (received === file.size) return undefined;
    // Compression on the way would make the bytes received differ from the file's; with a range `fetch` rules it out.
    const [header, value] = received > 0 ? ["Range", `bytes=${received}-`] : ["Accept-Encoding", "identity"];
    const response = await hubFetch(url, { headers: { [header]: value }, signal: silence.signal });
    if (response.status !== 206 || rangeStart(response) !== received) {
      await disk.truncate(0);
      received = 0;
      if (response.status !== 200) {
        await response.body?.cancel();
        return "the hub would not continue a broken download";
      }
    }
    timer = setTimeout(giveUp, settings.timeout * 1000);
    for await (const chunk of response.body ?? []) {
      await disk.write(chunk);
      received += chunk.length;
      onBytes(Math.min(received, file.size));
      timer.refresh();
    }
    return received < file.size ? "the connection ended early" : undefined;
  } catch (error) {
    if (settings.signal?.aborted) throw new Interrupted();
    if (error instanceof HubUnreachable) return error.message;
    const ofDisk = (error as NodeJS.ErrnoException).syscall === "write";
    if (error instanceof HubError || ofDisk) throw error;
    return `the connection broke (${reason(error)})`;
  } finally {
    clearTimeout(timer);
    await disk.close();
  }
}

function rangeStart(response: Response): number | undefined {
  const start = /^bytes (\d+)-/.exec(response.headers.get("Content-Range") ?? "")?.[1];
  return start === undefined ? undefined : Number(start);
}

async function hashFile(path: string, { hash, size }: RemoteFile): Promise<string> {
  const isGitHash = hash.length === 40;
  const digest = createHash(isGitHash ? "sha1" : "sha256");
  if (isGitHash) digest.update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
    digest.update(chunk as Buffer);
  return digest.digest("hex");
}
