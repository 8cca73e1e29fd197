import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { DataError } from "../errors.ts";
import { chooseConfig, parseCard } from "./dataset-card.ts";
import type { Features } from "./features.ts";
import { EXTENSIONS } from "./formats/data-file.ts";
import { isDataFile, type SplitFiles } from "./split-files.ts";

/** Where a dataset's rows lie: its splits' files, and how to get at one. */
export interface DatasetSource {
  /** For messages and reports. */
  name: string;
  splits: SplitFiles;
  features: Features | undefined;
  /** A path from `splits` as a path on this machine; downloads it where it must. */
  localPath: (path: string) => Promise<string>;
}

/** A local file (the split `train`) or folder; undefined where there is nothing at `path`. */
export async function openLocal(
  path: string,
  config: string | undefined,
): Promise<DatasetSource | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isDirectory()) {
    if (!isDataFile(basename(path))) throw new DataError(`${path} can't be read as data; ${readable()}`);
    return { name: path, splits: { train: [path] }, features: undefined, localPath: async (file) => file };
  }
  const paths = await listFolder(path);
  const readme = await readFile(join(path, "README.md"), "utf8").catch(() => "");
  const { splits, features } = chooseConfig(paths, parseCard(readme, path), config, path);
  if (Object.keys(splits).length === 0)
    throw new DataError(`the folder ${path} holds no data; ${readable()}`);
  return { name: path, splits, features, localPath: async (file) => join(path, file) };
}

/** A tail for "no data" messages. */
export function readable(): string {
  return `files that can be read end in ${EXTENSIONS.join(", ")}, or one of these and .gz`;
}

async function listFolder(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join("/"));
}
