import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { TorchGenerator } from "../../src/core/random/torch.ts";
import { bertTokenizerJson } from "../../src/core/text/vocabulary-files.ts";
import { TextClassifier, Tokenizer } from "../../src/index.ts";
import { withOwnHubSettings } from "../hub/environment.ts";
import { type HubServer, type ServedRepo, startHub } from "../hub/hub-server.ts";
import { temporaryFolder, textune } from "./workspace.ts";

withOwnHubSettings();

const words = ["good", "bad", "film", "goal", "bank", "star", "code", "the", "a", "of", "is", "not"];
const letters = [..."abcdefghijklmnopqrstuvwxyz"];
let repos: ServedRepo[];
beforeAll(async () => {
  repos = [
    await distilbert(await temporaryFolder()),
    deberta(),
    dataset("stanfordnlp/imdb", "plain_text", ["train", "test"], ["neg", "pos"], ["text"]),
    dataset(
      "fancyzhx/ag_news",
      "default",
      ["train", "test"],
      ["World", "Sports", "Business", "Sci/Tech"],
      ["text"],
    ),
    dataset(
      "nyu-mll/glue",
      "mnli",
      ["train", "validation_matched", "validation_mismatched"],
      ["entailment", "neutral", "contradiction"],
      ["premise", "hypothesis"],
    ),
  ];
}, 30_000);

/** The layout of distilbert-base-uncased, with two small layers. */
async function distilbert(folder: string): Promise<ServedRepo> {
  const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...words];
  const model = TextClassifier.fromScratch({
    labels: ["a", "b"],
    tokenizer: Tokenizer.fromJson(bertTokenizerJson(vocabulary, { do_lower_case: true })),
    config: {
      ...{ model_type: "distilbert", dim: 16, n_layers: 2, n_heads: 2, hidden_dim: 32 },
      max_position_embeddings: 512,
    },
    seed: 1,
  });
  await model.save(folder);
  const names = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];
  const main = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
  return {
    ...{ type: "model", name: "distilbert/distilbert-base-uncased", revisions: { main } },
    large: ["model.safetensors"],
  };
}

/** The layout of microsoft/deberta-base: PyTorch's files, vocabulary and merges; the weights in two parts. */
function deberta(): ServedRepo {
  const folder = fileURLToPath(new URL("../fixtures/models/deberta-pytorch/", import.meta.url));
  const main: Record<string, string | Buffer> = {};
  for (const name of readdirSync(folder)) main[name] = readFileSync(join(folder, name));
  const tokens = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]", "Ġ", ...letters];
  main["vocab.json"] = JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id])));
  main["merges.txt"] = "#version: 0.2\n";
  return {
    ...{ type: "model", name: "microsoft/deberta-base", revisions: { main } },
    large: Object.keys(main).filter((path) => path.endsWith(".bin")),
  };
}

/** Random rows in two parts a split, with a card that says where they are and what the classes are called. */
function dataset(
  name: string,
  config: string,
  splits: readonly string[],
  labels: readonly string[],
  texts: readonly string[],
): ServedRepo {
  const random = new TorchGenerator(5);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random.rand(1)[0]! * list.length)]!;
  const folder = config === "default" ? "data" : config;
  const card = `---
configs:
- config_name: ${config}
  data_files:
${splits.map((split) => `  - split: ${split}\n    path: ${folder}/${split}-*`).join("\n")}
dataset_info:
- config_name: ${config}
  features:
${texts.map((text) => `  - name: ${text}\n    dtype: string`).join("\n")}
  - name: label
    dtype:
      class_label:
        names:
${labels.map((label, i) => `          '${i}': ${label}`).join("\n")}
---
`;
  const main: Record<string, string> = { "README.md": card };
  for (const split of splits) {
    for (const part of [0, 1]) {
      const rows = Array.from({ length: 60 }, (_, i) => {
        const text = () => [pick(words), pick(words), pick(words)].join(" ");
        return { ...Object.fromEntries(texts.map((column) => [column, text()])), label: i % labels.length };
      });
      main[`${folder}/${split}-0000${part}-of-00002.jsonl`] = rows
        .map((row) => JSON.stringify(row))
        .join("\n");
    }
  }
  const large = Object.keys(main).filter((path) => path.endsWith(".jsonl"));
  return { type: "dataset", name, revisions: { main }, large };
}

function start(options: { breakLarge?: boolean } = {}): Promise<HubServer> {
  // Recipes say the model's old name.
  const old = { type: "model", name: "distilbert-base-uncased", revisions: {} } as const;
  return startHub([...repos, { ...old, movedTo: "distilbert/distilbert-base-uncased" }], {
    ...{ pageSize: 1000, ...options },
  });
}

/** Trains one epoch with the cache in `home`; what it learnt. */
async function train(recipe: string, home: string, hub: HubServer, offline = ""): Promise<unknown> {
  vi.stubEnv("HF_HOME", home);
  vi.stubEnv("HF_ENDPOINT", hub.url);
  vi.stubEnv("HF_HUB_OFFLINE", offline);
  const output = join(temporary(), "run");
  const path = fileURLToPath(new URL(`../../recipes/${recipe}.yaml`, import.meta.url));
  const rows = ["--train-rows", "48", "--evaluate-rows", "24", "--epochs", "1"];
  const { code, stderr } = await textune("train", path, ...rows, "--output", output);
  expect(stderr).not.toMatch(/error/i);
  expect(code).toBe(0);
  const { history, evaluations } = JSON.parse(readFileSync(join(output, "metrics.json"), "utf8"));
  expect(evaluations.length).toBeGreaterThan(0);
  const learnt = JSON.stringify({ history, evaluations }, (key, value) => (/seconds/i.test(key) ? 0 : value));
  return JSON.parse(learnt);
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "textune-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.each(["imdb", "ag-news", "mnli-distilbert", "mnli-deberta"])("the recipe %s", (recipe) => {
  test("learns the same from an empty cache, a full one, offline, and where each large file breaks once", async () => {
    const hub = await start();
    const home = temporary();
    const first = await train(recipe, home, hub);
    expect(hub.fileRequests().length).toBeGreaterThan(0);

    hub.log.length = 0;
    expect(await train(recipe, home, hub)).toEqual(first);
    expect(hub.fileRequests()).toEqual([]);

    hub.log.length = 0;
    expect(await train(recipe, home, hub, "1")).toEqual(first);
    expect(hub.log).toEqual([]);

    const broken = await start({ breakLarge: true });
    expect(await train(recipe, temporary(), broken)).toEqual(first);
    const asked = new Map<string, number>();
    for (const { path } of broken.log) asked.set(path, (asked.get(path) ?? 0) + 1);
    const large = [...asked].filter(([path]) => path.includes("xet-bridge"));
    expect(large.length).toBeGreaterThan(2);
    for (const [path, times] of large) expect(times, path).toBeGreaterThan(1);
  });
});

const model = "distilbert/distilbert-base-uncased";
test.each([
  ["data", "stanfordnlp/imdb"],
  ["data", "stanfordnlp/imdb", "--model", model],
  ["predict", model, "a good film"],
  ["evaluate", model, "stanfordnlp/imdb"],
  ["graph", model, "GRAPH"],
  ["init", "distilbert", "DESIGN", "--tokenizer", model, "--config", "n_layers=1"],
  ["data", "suspects", "RUN", "--folds", "2"],
])("textune %s %s shows what it downloads", async (...words) => {
  const hub = await start();
  const run = words.includes("RUN") ? await imdbRun(hub) : "";
  vi.stubEnv("HF_HOME", temporary());
  vi.stubEnv("HF_ENDPOINT", hub.url);
  const folders: Record<string, string> = {
    RUN: run,
    DESIGN: join(temporary(), "design"),
    GRAPH: join(temporary(), "model.onnx"),
  };
  // Lines come seconds apart; here each look at the clock is.
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => {
    now += 20_000;
    return now;
  });
  const { stderr } = await textune(...words.map((word) => folders[word] ?? word));
  clock.mockRestore();
  expect(stderr).toContain("Downloading ");
});

async function imdbRun(hub: HubServer): Promise<string> {
  const output = join(temporary(), "run");
  vi.stubEnv("HF_HOME", temporary());
  vi.stubEnv("HF_ENDPOINT", hub.url);
  const path = fileURLToPath(new URL("../../recipes/imdb.yaml", import.meta.url));
  const rows = ["--train-rows", "48", "--evaluate-rows", "24", "--epochs", "1"];
  expect(await textune("train", path, ...rows, "--output", output)).toMatchObject({ code: 0 });
  return output;
}

test("Ctrl-C ends a wait for the hub at once", async () => {
  const hub = await start();
  hub.limits.push(290);
  vi.stubEnv("HF_HOME", temporary());
  vi.stubEnv("HF_ENDPOINT", hub.url);
  const running = textune("data", "stanfordnlp/imdb");
  while (hub.limits.length > 0) await new Promise((next) => setTimeout(next, 10));
  await new Promise((next) => setTimeout(next, 50));
  const pressed = performance.now();
  process.emit("SIGINT");
  expect(await running).toMatchObject({ code: 130, stdout: "" });
  expect(performance.now() - pressed).toBeLessThan(1000);
  expect(hub.log).toHaveLength(1);
});
