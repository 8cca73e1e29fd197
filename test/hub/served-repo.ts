import { createHash } from "node:crypto";

/** A repository that the test double offers: `files` under each revision's commit. */
export interface ServedRepo {
  type: "model" | "dataset";
  name: string;
  /** Revision name to the files at it; `main` is the usual one. */
  revisions: Record<string, Record<string, string | Buffer>>;
  /** Paths kept as large files: found by SHA-256 and sent by another host. */
  large?: readonly string[];
  /** Only this token may read its files; the listing is public, as on the hub. */
  gatedFor?: string;
  /** Who comes without this token is told that it doesn't exist. */
  privateFor?: string;
  /** The name under which the hub keeps it; the one asked for is redirected there. */
  movedTo?: string;
}

/** A file as the hub describes it. */
export interface ServedFile {
  path: string;
  content: Buffer;
  /** Git's hash of the file, or of the pointer that stands for a large one. */
  oid: string;
  lfs: { oid: string; size: number; pointerSize: number } | undefined;
  xetHash: string;
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

/** A repository's commits, each with its files by path; what a revision's name stands for. */
export class ServedCommits {
  readonly #files = new Map<string, Map<string, ServedFile>>();
  readonly #revisions = new Map<string, string>();

  constructor({ name, revisions, large = [] }: ServedRepo) {
    for (const [revision, files] of Object.entries(revisions)) {
      const commit = commitOf(name, revision, files);
      this.#revisions.set(revision, commit);
      const served = Object.entries(files).map(([path, content]) =>
        servedFile(path, Buffer.from(content), large.includes(path)),
      );
      this.#files.set(commit, new Map(served.map((file) => [file.path, file])));
    }
  }

  /** The commit that a revision or a commit's own hash means. */
  commit(revision: string): string | undefined {
    return this.#revisions.get(revision) ?? (this.#files.has(revision) ? revision : undefined);
  }

  files(commit: string): Map<string, ServedFile> {
    return this.#files.get(commit)!;
  }
}

function servedFile(path: string, content: Buffer, isLarge: boolean): ServedFile {
  const xetHash = sha256(Buffer.concat([Buffer.from("xet"), content]));
  if (!isLarge) return { path, content, oid: gitHash(content), lfs: undefined, xetHash };
  const oid = sha256(content);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
  const lfs = { oid, size: content.length, pointerSize: pointer.length };
  return { path, content, oid: gitHash(pointer), lfs, xetHash };
}
