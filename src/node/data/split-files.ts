import { dataExtension, EXTENSIONS, withoutDataExtension } from "../../core/data/formats/data-file.ts";

/** Words in a file's name that say which split it belongs to, as Hugging Face `datasets` reads them. */
const KEYWORDS: Record<string, string> = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  test: "test",
  testing: "test",
  eval: "test",
  evaluation: "test",
};

/** Files that describe a dataset and are no part of it. */
const DESCRIPTIONS = new Set(
  [
    ...["config", "dataset_info", "dataset_infos", "dataset_dict", "state", "croissant", "package"],
    ...["label_map", "label_mapping", "labels_map", "label2id", "id2label", "class_names", "vocab"],
    ...["tokenizer", "tokenizer_config", "special_tokens_map", "added_tokens", "package-lock", "tsconfig"],
  ].map((name) => `${name}.json`),
);

/** Split name to its files, in the order in which they are read. */
export type SplitFiles = Record<string, string[]>;

/** Whether the path, relative to its dataset's root, is a file to read rows from. */
export function isDataFile(path: string): boolean {
  const parts = path.split("/");
  if (parts.some((part) => part.startsWith(".") || part.startsWith("__"))) return false;
  return dataExtension(path) !== undefined && !DESCRIPTIONS.has(parts.at(-1)!.toLowerCase());
}

/**
 * Which files form which split, by their names: `train.csv`, `data/train-00000-of-00002.parquet`,
 * `news_test.jsonl`, `dev/part-1.csv`. Where no name says, all are `train`.
 *
 * As in `datasets`, with one difference: it merges all files that share a keyword, `validation_matched.csv` and
 * `validation_mismatched.csv` into one `validation`. Here each becomes a split of its own name.
 */
export function splitsByName(paths: readonly string[]): SplitFiles {
  const files = paths.filter(isDataFile).sort();
  const exact = noSplits();
  const loose = noSplits();
  for (const path of files) {
    const { split, certain } = splitOf(path);
    if (split !== undefined) add(certain ? exact : loose, split, path);
  }
  for (const [split, candidates] of Object.entries(loose)) {
    const variants = new Set(candidates.map(stemOf));
    const alone = variants.size === 1 && exact[split] === undefined;
    for (const path of candidates) add(exact, alone ? split : stemOf(path), path);
  }
  const splits = Object.keys(exact).length > 0 ? exact : { train: files };
  return inUsualOrder(splits);
}

/** Chooses one format for each split and drops splits without a file. */
export function inUsualOrder(splits: SplitFiles): SplitFiles {
  const usual = ["train", "validation", "test"];
  const names = Object.keys(splits).filter((name) => splits[name]!.length > 0);
  const rank = (name: string) => (usual.includes(name) ? usual.indexOf(name) : usual.length);
  names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(names.map((name) => [name, oneCopy(splits[name]!)]));
}

/**
 * The files of the format that most are in, as `datasets` chooses; of formats with as many each, the one that keeps
 * types and class names best. What is there plain and compressed is read once.
 */
function oneCopy(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const extension = dataExtension(path)!;
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  const chosen = EXTENSIONS.find((extension) => counts.get(extension) === most);
  const sameFormat = paths.filter((path) => dataExtension(path) === chosen);
  return sameFormat.filter((path) => !(/\.gz$/i.test(path) && sameFormat.includes(path.slice(0, -3))));
}

function add(splits: SplitFiles, split: string, path: string): void {
  splits[split] ??= [];
  splits[split].push(path);
}

/** Without the names that every object has: a split may be called `constructor`. */
export function noSplits(): SplitFiles {
  return Object.create(null) as SplitFiles;
}

/** File name without folders, extension and shard number, as a split may be called: `validation_matched`. */
function stemOf(path: string): string {
  const name = path.split("/").at(-1)!;
  return withoutDataExtension(name)
    .replace(/-\d{5}-of-\d{5}.*$/, "")
    .replaceAll(/[^\w.]+/g, "_");
}

/** `certain` where nothing but the split (and numbers) is in the name. */
function splitOf(path: string): { split?: string; certain: boolean } {
  const stem = stemOf(path);
  if (/-\d{5}-of-\d{5}/.test(path)) {
    return { split: Object.hasOwn(KEYWORDS, stem) ? KEYWORDS[stem]! : stem, certain: true };
  }
  const words = stem
    .toLowerCase()
    .split(/[_.]/)
    .filter((word) => !/^\d*$/.test(word));
  const keyword = words.find((word) => Object.hasOwn(KEYWORDS, word));
  if (keyword !== undefined) return { split: KEYWORDS[keyword], certain: words.length === 1 };
  const folders = path.toLowerCase().split("/").slice(0, -1).reverse();
  const folder = folders.find((name) => Object.hasOwn(KEYWORDS, name));
  return { split: folder && KEYWORDS[folder], certain: true };
}
