import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { nearestName } from "../../core/data/nearest-name.ts";
import { siblings } from "../nearest-path.ts";
import { isFile, type RepoType } from "./cache.ts";

/** What people fine-tune most often, so that a slip in its name can be put right. */
const WELL_KNOWN: Record<RepoType, readonly string[]> = {
  model: [
    "distilbert-base-uncased",
    "distilbert-base-cased",
    "distilroberta-base",
    "bert-base-uncased",
    "bert-base-cased",
    "bert-base-multilingual-cased",
    "roberta-base",
    "xlm-roberta-base",
    "albert-base-v2",
    "microsoft/deberta-base",
    "microsoft/deberta-v3-base",
    "microsoft/deberta-v3-small",
    "sentence-transformers/all-MiniLM-L6-v2",
  ],
  dataset: [
    "stanfordnlp/imdb",
    "fancyzhx/ag_news",
    "nyu-mll/multi_nli",
    "nyu-mll/glue",
    "stanfordnlp/snli",
    "google-research-datasets/go_emotions",
    "cardiffnlp/tweet_eval",
    "dair-ai/emotion",
    "PolyAI/banking77",
  ],
};

/** A name like this one, of what is here, in the cache or well known; undefined where none is like it. */
export async function nearRepo(type: RepoType, name: string, cacheDir: string): Promise<string | undefined> {
  const folders = await readdir(cacheDir).catch((): string[] => []);
  const start = `${type}s--`;
  const cached = folders
    .filter((folder) => folder.startsWith(start))
    .map((folder) => folder.slice(start.length).replace("--", "/"));
  const candidates = [...(await localNames(type, name)), ...cached, ...WELL_KNOWN[type]].filter(
    (candidate) => candidate !== name,
  );
  const bare = candidates.find((candidate) => candidate.split("/")[1]?.toLowerCase() === name.toLowerCase());
  return bare ?? nearestName(name, candidates);
}

/** Models (also those in runs) or data that lie where `name` would if it were a path. */
async function localNames(type: RepoType, name: string): Promise<string[]> {
  // The folder is right where it exists: only what stands in it is compared.
  const isNear = (path: string) => nearestName(basename(name), [basename(path)]) !== undefined;
  const paths = (await siblings(name)).filter(isNear);
  const fits = await Promise.all(
    paths.map(async (path) => {
      if (type === "dataset") return (await isDataFile(path)) || (await isFolder(path));
      return (await isFile(join(path, "config.json"))) || (await isFile(join(path, "model", "config.json")));
    }),
  );
  return paths.filter((_, i) => fits[i]);
}

/** The readers of data load only where a name has to be made out: whoever only predicts never needs them. */
async function isDataFile(path: string): Promise<boolean> {
  return (await import("../data/split-files.ts")).isDataFile(path);
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
