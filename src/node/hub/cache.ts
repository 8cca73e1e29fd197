import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { z } from "zod";
import { OutputError } from "../../core/errors.ts";

export type RepoType = "model" | "dataset";

const treeEntry = z.object({
  size: z.number().int().nonnegative(),
  // Names of files in the cache are made of these.
  blob_id: z.string().regex(/^[0-9a-f]{40}$/),
  lfs_sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullish(),
  lfs_size: z.number().int().nonnegative().nullish(),
  xet_hash: z.string().nullish(),
});

/** What a commit's listing says of a file, under huggingface_hub's own keys; `lfs_…` where it is a large file. */
export type TreeEntry = z.infer<typeof treeEntry>;

/**
 * One repository in the cache folder that all Hugging Face tools share: `blobs/` holds contents under their hash,
 * `refs/` the commit of each branch or tag, `snapshots/COMMIT/` the files by name, as links into `blobs/`.
 */
export class RepoCache {
  readonly #folder: string;

  constructor(cacheDir: string, type: RepoType, name: string) {
    this.#folder = join(cacheDir, [`${type}s`, ...name.split("/")].join("--"));
  }

  /** The commit that a revision meant when it was last looked up; a commit means itself. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision;
    const commit = await readFile(join(this.#folder, "refs", revision), "utf8").catch(() => "");
    return isCommit(commit.trim()) ? commit.trim() : undefined;
  }

  async rememberCommit(revision: string, commit: string): Promise<void> {
    if (isCommit(revision)) return;
    await replaceFile(join(this.#folder, "refs", revision), commit);
  }

  snapshot(commit: string): string {
    return join(this.#folder, "snapshots", commit);
  }

  /**
   * The listing of a commit as it was last seen: all its files, cached or not. Read and written as huggingface_hub
   * does (its `_tree_cache.py`); undefined where nobody kept it, or it is damaged or of another version.
   */
  async listing(commit: string): Promise<Map<string, TreeEntry> | undefined> {
    try {
      const { format_version, files } = JSON.parse(await readFile(this.#tree(commit), "utf8"));
      if (format_version !== 1) return undefined;
      return new Map(Object.entries(files).map(([path, entry]) => [path, treeEntry.parse(entry)]));
    } catch {
      return undefined;
    }
  }

  async rememberListing(commit: string, files: ReadonlyMap<string, TreeEntry>): Promise<void> {
    const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
    const tree = { format_version: 1, files: Object.fromEntries(sorted) };
    await replaceFile(this.#tree(commit), JSON.stringify(tree, null, 1));
  }

  #tree(commit: string): string {
    return join(this.#folder, "trees", `${commit}.json`);
  }

  /**
   * Local path of a file of a commit; undefined where it is not in the cache.
   *
   * @param size Bytes that it must have, where that is known: what has others was damaged since it came.
   */
  async find(commit: string, path: string, size?: number): Promise<string | undefined> {
    const local = join(this.snapshot(commit), path);
    return (await isFile(local, size)) ? local : undefined;
  }

  /** Whether huggingface_hub noted that a commit lacks a file: it looked, and there was none. */
  isAbsent(commit: string, path: string): Promise<boolean> {
    return isFile(join(this.#folder, ".no_exist", commit, path));
  }

  /** Paths of all cached files of a commit, which need not be all its files. */
  async list(commit: string): Promise<string[]> {
    const folder = this.snapshot(commit);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const links = entries.filter((entry) => !entry.isDirectory());
    return links.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  }

  /** Where contents of this hash lie, whether they are there yet or not. */
  blob(hash: string): string {
    return join(this.#folder, "blobs", hash);
  }

  /** Makes a blob appear under its name in a commit; returns that path. */
  async publish(hash: string, commit: string, path: string): Promise<string> {
    const blob = this.blob(hash);
    const local = join(this.snapshot(commit), path);
    await mkdir(dirname(local), { recursive: true });
    // Made under another name and renamed: at no moment is there no file for whoever else is reading it.
    const fresh = temporaryName(local);
    try {
      await symlink(relative(dirname(local), blob), fresh);
    } catch (error) {
      // Windows lets only some users make symbolic links; a hard link shares the contents as well.
      if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
      await link(blob, fresh);
    }
    await rename(fresh, local);
    return local;
  }
}

export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** @param size Bytes that it must have, if given. */
export async function isFile(path: string, size?: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && (size === undefined || found.size === size);
}

/** Runs what writes to the cache; a full or unwritable disk becomes an OutputError. */
export async function writing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const problem: Record<string, string> = {
      ENOSPC: "the disk is full",
      EDQUOT: "the disk quota is used up",
      EACCES: "no permission",
      EPERM: "no permission",
      EROFS: "the disk is read-only",
      ENOTDIR: "a file stands where a folder should",
      EEXIST: "a file stands where a folder should",
    };
    if (code === undefined || !Object.hasOwn(problem, code)) throw cause;
    throw new OutputError(`can't write to the download cache ${folder}: ${problem[code]}`, { cause });
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = temporaryName(path);
  await writeFile(fresh, text);
  await rename(fresh, path);
}

function temporaryName(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}
