import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { runCommandLine } from "../../src/app/cli/command-line.ts";
import { TorchGenerator } from "../../src/core/random/torch.ts";
import { loadTokenizer, TextClassifier } from "../../src/index.ts";

const topics: Record<string, string[]> = {
  sport: ["goal", "match", "team", "coach", "league", "score"],
  money: ["bank", "stock", "price", "market", "profit", "trade"],
};
const filler = ["the", "a", "of", "and", "today", "new", "big", "says", "old", "week"];

/** What a command printed, and its exit code. */
export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line in this process, as `main.ts` does, and collects what it prints. */
export async function textune(...args: string[]): Promise<CommandResult> {
  const result: CommandResult = { code: 0, stdout: "", stderr: "" };
  const { stdout, stderr } = process;
  const [writeOut, writeErr] = [stdout.write, stderr.write];
  stdout.write = (chunk: unknown) => {
    result.stdout += String(chunk);
    return true;
  };
  stderr.write = (chunk: unknown) => {
    result.stderr += String(chunk);
    return true;
  };
  try {
    result.code = await runCommandLine(args);
  } finally {
    stdout.write = writeOut;
    stderr.write = writeErr;
  }
  return result;
}

/** A folder that is gone after the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "textune-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Texts about sport and money that a tiny model tells apart, as CSV with the columns text and label. */
export async function writeNews(path: string, rows: number): Promise<void> {
  const random = new TorchGenerator(3);
  const pick = (list: readonly string[]) => list[Math.floor(random.rand(1)[0]! * list.length)]!;
  const names = Object.keys(topics);
  const lines = Array.from({ length: rows }, (_, i) => {
    const label = names[i % names.length]!;
    const words = [pick(filler), pick(topics[label]!), pick(filler), pick(topics[label]!)];
    return `${words.slice(0, 2 + (i % 3)).join(" ")},${label}`;
  });
  await writeFile(path, `text,label\n${lines.join("\n")}\n`);
}

/** A DistilBERT of two small layers with random weights and a word-level vocabulary. */
export async function writeTinyModel(folder: string): Promise<void> {
  const words = [...filler, ...Object.values(topics).flat()];
  const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...words];
  const tokenizerFolder = join(folder, "tokenizer");
  await mkdir(tokenizerFolder, { recursive: true });
  await writeFile(join(tokenizerFolder, "vocab.txt"), `${vocabulary.join("\n")}\n`);
  const classifier = TextClassifier.fromScratch({
    labels: ["a", "b"],
    tokenizer: await loadTokenizer(tokenizerFolder),
    config: {
      model_type: "distilbert",
      dim: 32,
      n_layers: 2,
      n_heads: 4,
      hidden_dim: 64,
      max_position_embeddings: 16,
    },
    seed: 1,
  });
  await classifier.save(folder);
}
