import type { Dataset } from "./dataset.ts";
import { checkSplit } from "./split-syntax.ts";

/**
 * The splits of a dataset by name: `news.train`. Reading one that isn't there throws a DataError that names those
 * that are; `Object.keys` lists them.
 */
export interface DatasetDict {
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
  readonly [split: string]: Dataset;
}

/** Read by the language and by tools on any object, so never taken for the name of a split. */
const NOT_SPLITS = new Set(["then", "toJSON", "constructor"]);

export function datasetDict(splits: Record<string, Dataset>, source: string): DatasetDict {
  return new Proxy(splits, {
    get(target, name) {
      if (typeof name === "string" && !NOT_SPLITS.has(name)) checkSplit(name, Object.keys(target), source);
      return Reflect.get(target, name);
    },
  }) as unknown as DatasetDict;
}
