import { readdir } from "node:fs/promises";
import { nearestName } from "../../core/data/nearest-name.ts";
import type { RepoType } from "./cache.ts";

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

/** A name like this one that is in the cache or well known: `; did you mean "stanfordnlp/imdb"?`, else nothing. */
export async function suggestRepo(type: RepoType, name: string, cacheDir: string): Promise<string> {
  const folders = await readdir(cacheDir).catch((): string[] => []);
  const start = `${type}s--`;
  const cached = folders
    .filter((folder) => folder.startsWith(start))
    .map((folder) => folder.slice(start.length).replace("--", "/"));
  const candidates = [...cached, ...WELL_KNOWN[type]].filter((candidate) => candidate !== name);
  const bare = candidates.find((candidate) => candidate.split("/")[1]?.toLowerCase() === name.toLowerCase());
  const nearest = bare ?? nearestName(name, candidates);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}
