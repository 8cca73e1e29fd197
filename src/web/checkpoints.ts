import { OutputError, TrainingError } from "../core/errors.ts";
import { readSafetensors } from "../core/models/safetensors.ts";
import type { Checkpoint, CheckpointStore, TrainingIdentity } from "../core/training/checkpoint.ts";
import { checkpointFiles, readCheckpoint } from "../core/training/checkpoint-files.ts";
import { privateFilesNeeded } from "./features.ts";

const folderPattern = /^step-(\d+)$/;
/** Sizes of the other files; written last, so that its presence says that they are there. */
const manifestFile = "manifest.json";
/** How many of the latest stay. */
const kept = 2;

/** The checkpoints of one training in the browser's private files (OPFS), in folders as Node.js writes them. */
export class PrivateCheckpoints implements CheckpointStore {
  readonly #name: string;
  readonly #folder: FileSystemDirectoryHandle;

  private constructor(name: string, folder: FileSystemDirectoryHandle) {
    this.#name = name;
    this.#folder = folder;
  }

  /** @throws ConfigError where the page has no private files. */
  static async open(name: string): Promise<PrivateCheckpoints> {
    try {
      const root = await navigator.storage.getDirectory();
      const all = await root.getDirectoryHandle("textune-checkpoints", { create: true });
      return new PrivateCheckpoints(name, await all.getDirectoryHandle(name, { create: true }));
    } catch (cause) {
      throw privateFilesNeeded(cause);
    }
  }

  async save(checkpoint: Checkpoint, identity: TrainingIdentity): Promise<void> {
    const { step } = checkpoint.progress;
    await this.#remove([step]);
    try {
      const folder = await this.#folder.getDirectoryHandle(`step-${step}`, { create: true });
      const sizes: Record<string, number> = {};
      for (const [name, content] of checkpointFiles(checkpoint, identity)) {
        const blob = new Blob(
          typeof content === "string" ? [content] : (content as Uint8Array<ArrayBuffer>[]),
        );
        await write(folder, name, blob);
        sizes[name] = blob.size;
      }
      await write(folder, manifestFile, new Blob([JSON.stringify(sizes)]));
    } catch (cause) {
      await this.#remove([step]);
      throw new OutputError(
        `the browser has no room for a checkpoint of ${this.#name}; free some of the site's data, or leave checkpoints out`,
        { cause },
      );
    }
    await this.#remove((await this.#steps()).slice(kept));
  }

  async last(identity: TrainingIdentity): Promise<{ checkpoint: Checkpoint | undefined; damaged: string[] }> {
    const damaged: string[] = [];
    for (const step of await this.#steps()) {
      const place = `checkpoint ${step} of ${this.#name}`;
      const folder = await this.#folder.getDirectoryHandle(`step-${step}`);
      if (await isWhole(folder)) {
        const checkpoint = await readCheckpoint(place, identity, {
          text: async (name) => (await open(folder, name)).text(),
          tensors: async (name) => readTensors(await open(folder, name), `${name} of ${place}`),
        });
        return { checkpoint, damaged };
      }
      damaged.push(`${place} was not finished`);
      await this.#remove([step]);
    }
    return { checkpoint: undefined, damaged };
  }

  async checkEmpty(): Promise<void> {
    if ((await this.#steps()).length === 0) return;
    throw new TrainingError(
      `there are checkpoints ${this.#name} of another training; resume it, or choose another name`,
    );
  }

  /** Of the checkpoints there are, the latest first. */
  async #steps(): Promise<number[]> {
    const steps: number[] = [];
    for await (const name of this.#folder.keys()) {
      const step = folderPattern.exec(name)?.[1];
      if (step !== undefined) steps.push(Number(step));
    }
    return steps.sort((a, b) => b - a);
  }

  async #remove(steps: readonly number[]): Promise<void> {
    for (const step of steps) {
      await this.#folder.removeEntry(`step-${step}`, { recursive: true }).catch(() => {});
    }
  }
}

async function isWhole(folder: FileSystemDirectoryHandle): Promise<boolean> {
  try {
    const sizes = JSON.parse(await (await open(folder, manifestFile)).text()) as Record<string, number>;
    for (const [name, size] of Object.entries(sizes)) {
      if ((await open(folder, name)).size !== size) return false;
    }
    return true;
  } catch {
    return false;
  }
}

async function open(folder: FileSystemDirectoryHandle, name: string): Promise<File> {
  return (await folder.getFileHandle(name)).getFile();
}

/** The browser replaces the file when all is written, and not before. */
async function write(folder: FileSystemDirectoryHandle, name: string, content: Blob): Promise<void> {
  const file = await folder.getFileHandle(name, { create: true });
  const stream = await file.createWritable();
  await stream.write(content);
  await stream.close();
}

function readTensors(file: File, path: string) {
  const source = {
    byteLength: file.size,
    slice: (start: number, end: number) => file.slice(start, end).arrayBuffer(),
  };
  return readSafetensors(source, path);
}
