import { existsSync, readFileSync } from "node:fs";
import type { Tokenizer } from "../../src/core/text/tokenizer.ts";
import { loadTokenizer } from "../../src/node/text/tokenizer-folder.ts";

const folder = new URL("../fixtures/profiling/", import.meta.url);

/** The path of a file among this folder's fixtures. */
export const fixture = (name: string): string => new URL(name, folder).pathname;

export interface GoldenSummary {
  count: number;
  mean: number;
  std: number;
  min: number;
  q25: number;
  median: number;
  q75: number;
  max: number;
}

export interface GoldenSplit {
  rows: number;
  labels: Record<string, number>;
  missingLabels: number;
  characters: GoldenSummary;
  words: GoldenSummary;
  empty: number;
  vocabulary: number;
  duplicates: number;
  normalizedDuplicates: number;
  conflictingTexts: number;
  conflictingRows: number;
  tokens?: {
    summary: GoldenSummary;
    limit: number;
    truncatedRows: number;
    truncatedTokens: number;
    unknownTokens: number;
    vocabulary: number;
    vocabularyUsed: number;
    tokensPerWord: number;
  };
}

export interface GoldenComparison {
  exact: number;
  normalized: number;
  near: number;
  unseenWords: number;
}

/** Values that pandas, tokenizers and plain Python computed, see test/reference/profiling_description.py. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(fixture(name), "utf8")) as T;
}

export const smallTokenizer = (): Promise<Tokenizer> =>
  loadTokenizer(new URL("../fixtures/text/bert-uncased", import.meta.url).pathname);

const shared = new URL("../../../shared/", import.meta.url).pathname;

/** Real data beside the repository, which not every machine has. */
export const sharedData = existsSync(`${shared}data`) ? `${shared}data` : undefined;
export const sharedTokenizer = `${shared}tokenizers/bert-base-uncased`;
