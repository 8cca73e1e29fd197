import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { ConfigError, OutputError } from "../../core/errors.ts";
import { outputError, writeFileAtomic } from "../../node/files.ts";

/** What a piece of work on a file is: where it differs, one can't go on with the other. */
export type Identity = Readonly<Record<string, string>>;

const progressSchema = z.object({
  identity: z.record(z.string(), z.string()),
  rows: z.int().min(0),
  bytes: z.int().min(0),
});

/** What is done with what an earlier call left. */
export interface ClaimOptions {
  /** Goes on where an earlier call with the same identity was stopped. */
  resume: boolean;
  /** Replaces what is there. */
  overwrite: boolean;
}

/**
 * A file that is written window by window, and can be gone on with after the process was killed at any moment. Until it
 * is finished it is called `NAME.partial`; `NAME.partial.json` says how many of its bytes are sure, and of how many rows.
 * Bytes beyond those are cut off before it goes on.
 */
export class PartialOutput {
  readonly #path: string;
  readonly #identity: Identity;
  readonly #file: FileHandle;
  #rows: number;
  #bytes: number;

  private constructor(path: string, identity: Identity, file: FileHandle, rows: number, bytes: number) {
    this.#path = path;
    this.#identity = identity;
    this.#file = file;
    this.#rows = rows;
    this.#bytes = bytes;
  }

  /**
   * Begins the file, or goes on with it.
   *
   * @throws OutputError if there is a file already, or a part of one, and the options don't say what to do with it.
   * @throws ConfigError if there is nothing to go on with, or what there is was begun otherwise.
   */
  static async claim(path: string, identity: Identity, options: ClaimOptions): Promise<PartialOutput> {
    const { resume, overwrite } = options;
    const [isDone, isPartial] = [await exists(path), await exists(partialOf(path))];
    if (isDone && !isPartial && resume) {
      throw new ConfigError(`${path} is finished: there is nothing to resume; --overwrite makes it anew`);
    }
    if (isDone && !overwrite && !resume) {
      throw new OutputError(`${path} exists already; choose another file with --output, or give --overwrite`);
    }
    if (isPartial && !resume && !overwrite) {
      throw new OutputError(
        `${partialOf(path)} is a part of an earlier call's ${path}; give --resume to go on with it, or --overwrite`,
      );
    }
    const { rows, bytes } = (resume && (await readProgress(path, identity))) || { rows: 0, bytes: 0 };
    try {
      await mkdir(dirname(path), { recursive: true });
      if (bytes === 0) await rm(progressOf(path), { force: true });
      const file = await open(partialOf(path), bytes === 0 ? "w" : "r+");
      const output = new PartialOutput(path, identity, file, rows, bytes);
      await output.#cut();
      return output;
    } catch (error) {
      throw outputError(path, error);
    }
  }

  /** Rows that are written for sure. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether nothing is written yet. */
  get isNew(): boolean {
    return this.#bytes === 0;
  }

  /** Writes what a number of rows give; when it returns, it is on the disk. @throws OutputError */
  async append(bytes: Uint8Array, rows: number): Promise<void> {
    try {
      await this.#write(bytes, this.#bytes);
      await this.#file.datasync();
      this.#bytes += bytes.length;
      this.#rows += rows;
      const progress = { identity: this.#identity, rows: this.#rows, bytes: this.#bytes };
      await writeFileAtomic(progressOf(this.#path), `${JSON.stringify(progress)}\n`);
    } catch (error) {
      throw outputError(this.#path, error);
    }
  }

  /**
   * Gives the file its name.
   *
   * @param start Written over its first bytes, for formats that begin with how much follows.
   * @throws OutputError
   */
  async finish(start?: Uint8Array): Promise<void> {
    try {
      if (start) await this.#write(start, 0);
      await this.#file.sync();
      await this.#file.close();
      await rename(partialOf(this.#path), this.#path);
      await rm(progressOf(this.#path), { force: true });
    } catch (error) {
      throw outputError(this.#path, error);
    }
  }

  /** Leaves it as far as it is, to be gone on with. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Takes away what is written so far. */
  async discard(): Promise<void> {
    await this.#file.close();
    for (const path of [partialOf(this.#path), progressOf(this.#path)]) await rm(path, { force: true });
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  async #cut(): Promise<void> {
    const { size } = await this.#file.stat();
    if (size < this.#bytes) {
      throw new OutputError(
        `${partialOf(this.#path)} is shorter than it was (${size} of ${this.#bytes} bytes); give --overwrite to begin again`,
      );
    }
    await this.#file.truncate(this.#bytes);
  }
}

const partialOf = (path: string): string => `${path}.partial`;
const progressOf = (path: string): string => `${path}.partial.json`;

const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined;

/** What is done of a file; undefined where it wasn't begun. @throws ConfigError if it was begun otherwise. */
async function readProgress(
  path: string,
  identity: Identity,
): Promise<{ rows: number; bytes: number } | undefined> {
  const text = await readFile(progressOf(path), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = progressSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new ConfigError(`${progressOf(path)} is damaged; give --overwrite to begin again`);
  }
  const { identity: was, ...progress } = parsed.data;
  const differing = Object.keys({ ...was, ...identity }).find((key) => was[key] !== identity[key]);
  if (differing === undefined) return progress;
  throw new ConfigError(
    `${path} can't be resumed: it was begun with another ${differing}; give what it was begun with, or --overwrite`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
