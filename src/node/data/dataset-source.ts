import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { Features } from "../../core/data/features.ts";
import { EXTENSIONS } from "../../core/data/formats/data-file.ts";
import type { CardOptions } from "../../core/data/formats/file-options.ts";
import { DataError, HubError } from "../../core/errors.ts";
import { isRepoName, openRepo } from "../hub/repo.ts";
import type { HubOptions } from "../hub/settings.ts";
import { suggestPath, withNearPath } from "../nearest-path.ts";
import { chooseConfig, type DatasetCard, defaultConfig, parseCard, unknownConfig } from "./dataset-card.ts";
import { inUsualOrder, isDataFile, noSplits, type SplitFiles } from "./split-files.ts";

/** Where a dataset's rows lie: its splits' files, and how to get at one. */
export interface DatasetSource {
  /** For messages and reports. */
  name: string;
  splits: SplitFiles;
  features: Features | undefined;
  /** How the dataset's card says that the files are read. */
  card?: CardOptions | undefined;
  /** Paths from `splits` as paths on this machine; downloads them where it must. */
  localPaths: (paths: readonly string[]) => Promise<string[]>;
}

/**
 * A dataset on this machine, else on the hub.
 *
 * @throws DataError where there is none of that name.
 * @throws HubError where the hub can't be reached or refuses.
 */
export async function openSource(
  nameOrPath: string,
  options: HubOptions & { config?: string },
): Promise<DatasetSource> {
  const local = await openLocal(nameOrPath, options.config);
  if (local !== undefined) return local;
  // What is named like a file of data is one: no repository is called that.
  if (!isRepoName(nameOrPath) || isDataFile(basename(nameOrPath))) {
    throw new DataError(`there is no file or folder ${nameOrPath}${await suggestPath(nameOrPath)}`);
  }
  return withNearPath(nameOrPath, () => openHub(nameOrPath, options));
}

/** A local file (the split `train`) or folder; undefined where there is nothing at `path`. */
async function openLocal(path: string, config: string | undefined): Promise<DatasetSource | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isDirectory()) {
    if (!isDataFile(basename(path))) throw new DataError(`${path} can't be read as data; ${readable()}`);
    return {
      name: path,
      splits: { train: [path] },
      features: undefined,
      localPaths: async (files) => [...files],
    };
  }
  const paths = await listFolder(path);
  const saved = paths.find((file) => /(^|\/)(state|dataset_dict)\.json$/.test(file));
  if (saved !== undefined && paths.some((file) => /\.arrow$/i.test(file))) {
    throw new DataError(
      `the folder ${path} was written by save_to_disk of datasets, whose Arrow files can't be read; in Python write each split as Parquet: load_from_disk("${path}")["train"].to_parquet("train.parquet")`,
    );
  }
  const readme = await readFile(join(path, "README.md"), "utf8").catch(() => "");
  const { splits, features, card } = chooseConfig(paths, parseCard(readme, path), config, path);
  if (Object.keys(splits).length === 0)
    throw new DataError(`the folder ${path} holds no data; ${readable()}`);
  return {
    name: path,
    splits,
    features,
    card,
    localPaths: async (files) => files.map((file) => join(path, file)),
  };
}

/** Where the hub keeps Parquet copies of datasets that are in another form, as `CONFIG/SPLIT/0000.parquet`. */
const CONVERTED = "refs/convert/parquet";

/** A dataset of the hub, or of the cache where that serves. */
async function openHub(
  name: string,
  { config, ...options }: HubOptions & { config?: string },
): Promise<DatasetSource> {
  const repo = await openRepo("dataset", name, options);
  const [readme] = repo.paths.includes("README.md") ? await repo.files(["README.md"]) : [];
  const card = parseCard(readme === undefined ? "" : await readFile(readme, "utf8"), name);
  const title = config === undefined ? name : `${name} ${config}`;
  // A script of the dataset's own name once produced the rows; other files beside it are its raw material.
  const scripted = repo.paths.includes(`${name.split("/").at(-1)}.py`) && card.configs === undefined;
  if (repo.paths.some(isDataFile) && !scripted) {
    // Of one configuration there is nothing to choose; the hub calls it `default` where the card names none.
    const named = config === "default" && hasNoDefault(card, repo.paths) ? undefined : config;
    const chosen = chooseConfig(repo.paths, card, named, name);
    if (!repo.isWhole) checkWhole(name, card, named, chosen.splits);
    return { name: title, ...chosen, localPaths: repo.files };
  }
  const script = repo.paths.find((path) => path.endsWith(".py"));
  const unreadable = new DataError(
    script === undefined
      ? `dataset ${name} has no data that can be read; ${readable()}`
      : `dataset ${name} is a script (${script}) that would have to be run to get its rows, which is not done; look for a copy of it with data files, or run the script in Python and save its rows as files`,
  );
  if (!repo.isWhole && script === undefined) throw incomplete(name);
  if (options.revision !== undefined) throw unreadable;
  const converted = await openRepo("dataset", name, { ...options, revision: CONVERTED }).catch((error) => {
    throw error instanceof DataError ? unreadable : error;
  });
  if (!converted.isWhole) throw incomplete(name);
  const splits = convertedSplits(converted.paths, config, name);
  return { name: title, splits, features: undefined, localPaths: converted.files };
}

/** Whether `default` can only be the hub's name for the one unnamed or only configuration. */
function hasNoDefault(card: DatasetCard, paths: readonly string[]): boolean {
  const configs = card.configs ?? [];
  if (configs.length === 0) return !paths.some((path) => path.startsWith("default/"));
  return configs.length === 1 && configs[0]!.config_name !== "default";
}

/**
 * Throws unless the cached files can be shown to be all of the dataset where nobody kept its listing: the card names
 * the files of every split, each has some, and files that are numbered `-00000-of-00002` are all there.
 */
function checkWhole(name: string, card: DatasetCard, config: string | undefined, splits: SplitFiles): void {
  const entries = card.configs ?? [];
  const chosen =
    entries.find((entry) => entry.config_name === config) ??
    entries.find((entry) => entry.default) ??
    entries[0];
  const files = chosen?.data_files;
  if (!Array.isArray(files) || files.length === 0) throw incomplete(name);
  for (const item of files) {
    if (typeof item === "string") throw incomplete(name);
    const parts = (splits[item.split] ?? []).map((path) => /^(.*)-\d{5}-of-(\d{5})(.*)$/.exec(path));
    // A file without a number may be one of several that a pattern names.
    const [first] = parts;
    const isWhole =
      first &&
      parts.length === Number(first[2]) &&
      parts.every((part) => part?.[1] === first[1] && part?.[2] === first[2] && part?.[3] === first[3]);
    if (!isWhole) throw incomplete(name);
  }
}

function incomplete(name: string): HubError {
  return new HubError(
    `the cache holds files of dataset ${name}, but not all of them or nothing that tells how many there are, and the hub could not be asked; load it once with a connection`,
  );
}

function convertedSplits(paths: readonly string[], config: string | undefined, name: string): SplitFiles {
  const parts = paths.filter(isDataFile).map((path) => [path, ...path.split("/")] as const);
  const configs = [...new Set(parts.map(([, folder]) => folder!))];
  const chosen = config ?? defaultConfig(configs, undefined, name);
  if (!configs.includes(chosen)) throw unknownConfig(name, chosen, configs);
  const splits = noSplits();
  for (const [path, folder, split] of parts) {
    if (folder === chosen) splits[split!] = [...(splits[split!] ?? []), path].sort();
  }
  return inUsualOrder(splits);
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
