import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { HubError, ModelError } from "../../core/errors.ts";
import { suggestPath, withNearPath } from "../nearest-path.ts";
import { shardsOf } from "../weights/model-folder.ts";
import { isFile } from "./cache.ts";
import { isRepoName, openRepo, type Repo } from "./repo.ts";
import { type HubOptions, hubSettings } from "./settings.ts";

/** Files of a model, by name. In a list of alternatives the first that there is counts. */
export interface ModelFiles {
  required: readonly (string | readonly string[])[];
  optional?: readonly string[];
}

/**
 * The local folder that holds a model's files: a folder as it is, or a model of the hub, downloaded to the cache
 * where it isn't there yet. Where weights are in several files, an index (`model.safetensors.index.json`) among the
 * files brings in those that it names.
 *
 * @param nameOrPath `distilbert-base-uncased`, `microsoft/deberta-base`, or a folder; a folder of that name wins.
 * @throws ModelError where there is no such model, or it lacks a required file.
 * @throws HubError where the hub can't be reached or refuses.
 */
export async function resolveModel(
  nameOrPath: string,
  { files, checkConfig, ...options }: HubOptions & { files: ModelFiles; checkConfig?: ConfigCheck },
): Promise<string> {
  const local = await stat(nameOrPath).catch(() => undefined);
  if (local?.isDirectory()) {
    await checkFolder(nameOrPath, files);
    return nameOrPath;
  }
  if (local !== undefined) throw new ModelError(`${nameOrPath} is a file; give the folder of a model`);
  if (!isRepoName(nameOrPath)) {
    throw new ModelError(`there is no model folder ${nameOrPath}${await suggestPath(nameOrPath)}`);
  }
  const repo = await withNearPath(nameOrPath, () => openRepo("model", nameOrPath, options));
  const present = new Set(repo.paths);
  if (!repo.isWhole) {
    checkCached(nameOrPath, present, files);
    await tellDoubt(repo, files, hubSettings(options).onNotice);
  }
  const wanted = choose(files, (path) => present.has(path), `model ${nameOrPath}`);
  if (checkConfig !== undefined && wanted.includes("config.json")) {
    // Weights take minutes; whether they are of a kind that can be used, config.json says at once.
    const [config] = await repo.files(["config.json"]);
    checkConfig(await readConfig(config!, nameOrPath), nameOrPath);
  }
  const paths = await repo.files([...wanted, ...(files.optional ?? []).filter((path) => present.has(path))]);
  const shards = await listedShards(paths);
  const lost = shards.find((shard) => !present.has(shard));
  if (lost !== undefined) throw new ModelError(`model ${nameOrPath} lacks ${lost}, which its index names`);
  await repo.files(shards);
  return repo.folder;
}

/** Throws where a model of this config.json can't be used. */
export type ConfigCheck = (config: unknown, model: string) => void;

async function readConfig(path: string, model: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new ModelError(`config.json of ${model} is damaged: it is no valid JSON`, { cause });
  }
}

/** Of a repository whose listing nobody kept: what isn't cached may be on the hub all the same. */
function checkCached(
  name: string,
  cached: ReadonlySet<string>,
  { required, optional = [] }: ModelFiles,
): void {
  const lacking = required
    .map((entry) => (typeof entry === "string" ? [entry] : entry))
    .find((alternatives) => !alternatives.some((path) => cached.has(path)));
  const tokenizer = optional.filter((path) =>
    /^(tokenizer\.(json|model)|vocab\.|spm\.|spiece\.|sentencepiece\.)/.test(path),
  );
  const named =
    lacking ?? (tokenizer.length > 0 && !tokenizer.some((path) => cached.has(path)) ? tokenizer : undefined);
  if (named === undefined) return;
  throw new HubError(
    `the cache lacks ${named.join(" or ")} of model ${name}, and the hub could not be asked for it`,
  );
}

/** What a cache without a listing leaves open is said: a file that isn't there may be on the hub, and count. */
async function tellDoubt(
  { name, paths, lacks }: Repo,
  { optional = [] }: ModelFiles,
  onNotice: (notice: string) => void,
): Promise<void> {
  // One form of the vocabulary is there; settings beside it change what is made of a text.
  const settings = optional.filter(
    (path) => /(config|map|added_tokens)\.json$/.test(path) && !paths.includes(path),
  );
  const unknown: string[] = [];
  for (const path of settings) if (!(await lacks(path))) unknown.push(path);
  if (unknown.length === 0) return;
  onNotice(
    `the cache doesn't tell whether model ${name} has ${unknown.join(" or ")}, and the hub could not be asked; going on without`,
  );
}

async function checkFolder(folder: string, files: ModelFiles): Promise<void> {
  const present = new Set<string>();
  for (const path of files.required.flat()) if (await isFile(join(folder, path))) present.add(path);
  const wanted = choose(files, (path) => present.has(path), `the folder ${folder}`);
  for (const shard of await listedShards(wanted.map((path) => join(folder, path)))) {
    if (!(await isFile(join(folder, shard)))) {
      throw new ModelError(`the folder ${folder} lacks ${shard}, which its index names`);
    }
  }
}

function choose(files: ModelFiles, isThere: (path: string) => boolean, where: string): string[] {
  return files.required.map((entry) => {
    const alternatives = typeof entry === "string" ? [entry] : entry;
    const chosen = alternatives.find(isThere);
    if (chosen === undefined) throw new ModelError(`${where} has no ${alternatives.join(" or ")}`);
    return chosen;
  });
}

/** Names of the weight files that the indices among `paths` list. */
async function listedShards(paths: readonly string[]): Promise<string[]> {
  const shards = new Set<string>();
  for (const path of paths.filter((path) => /\.(safetensors|bin)\.index\.json$/.test(path))) {
    for (const shard of await shardsOf(dirname(path), basename(path))) shards.add(shard);
  }
  return [...shards].sort();
}
