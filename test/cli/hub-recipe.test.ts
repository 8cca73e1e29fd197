import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { type HubServer, type ServedRepo, startHub } from "../hub/hub-server.ts";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

const recipe = fileURLToPath(new URL("../../recipes/ag-news.yaml", import.meta.url));
const card = `---
dataset_info:
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': Money
          '1': Sport
---
`;
let repos: ServedRepo[];
let folder: string;

/** The news with class indices, as a dataset whose card names the classes. */
async function datasetFiles(): Promise<Record<string, string>> {
  const path = join(folder, "news.csv");
  await writeNews(path, 400);
  const text = readFileSync(path, "utf8")
    .replace(/,money$/gm, ",0")
    .replace(/,sport$/gm, ",1");
  return { "README.md": card, "train.csv": text, "test.csv": text };
}

beforeAll(async () => {
  folder = await temporaryFolder();
  const model = join(folder, "model");
  await writeTinyModel(model);
  const modelFiles: Record<string, Buffer> = {};
  for (const name of ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]) {
    modelFiles[name] = await readFile(join(model, name));
  }
  repos = [
    {
      type: "model",
      name: "distilbert-base-uncased",
      revisions: { main: modelFiles },
      large: ["model.safetensors"],
    },
    { type: "dataset", name: "fancyzhx/ag_news", revisions: { main: await datasetFiles() } },
  ];
});
afterEach(() => vi.unstubAllEnvs());

async function environment(more: Record<string, string> = {}): Promise<HubServer> {
  const hub = await startHub(repos);
  for (const [name, value] of Object.entries({
    HF_HOME: join(folder, "hf"),
    HF_ENDPOINT: hub.url,
    HF_HUB_OFFLINE: "",
    HF_TOKEN: "",
    HF_HUB_CACHE: "",
    ...more,
  })) {
    vi.stubEnv(name, value);
  }
  return hub;
}
const flags = ["--train-rows", "0.3", "--evaluate-rows", "0.3", "--epochs", "2", "--feature-cache", "false"];

test("the AG News recipe takes its dataset, its classes and its model from the hub", async () => {
  await environment();
  const output = join(folder, "run");
  const { code, stderr } = await textune("train", recipe, ...flags, "--output", output);
  expect(stderr).not.toContain("error");
  expect(code).toBe(0);
  const record = JSON.parse(await readFile(join(output, "metrics.json"), "utf8"));
  expect(record.labels).toEqual(["Money", "Sport"]);
  expect(record.hub).toEqual({ model: "distilbert-base-uncased", dataset: "fancyzhx/ag_news" });
  expect(record.data.map(({ rows }: { rows: number }) => rows)).toEqual([120, 120]);
  expect(await readFile(join(output, "model", "README.md"), "utf8")).toContain(
    "base_model: distilbert-base-uncased",
  );
  expect(await readdir(join(folder, "hf", "hub"))).toEqual(
    expect.arrayContaining(["models--distilbert-base-uncased", "datasets--fancyzhx--ag_news"]),
  );
});

test("offline it trains from the cache, and asks nobody", async () => {
  const hub = await environment({ HF_HUB_OFFLINE: "1" });
  const { code } = await textune("train", recipe, ...flags, "--output", join(folder, "offline"));
  expect(code).toBe(0);
  expect(hub.log).toEqual([]);
});

test("an unknown model or dataset is one clear line", async () => {
  await environment();
  const model = await textune("train", recipe, "--model", "nobody/nothing", "--output", join(folder, "none"));
  expect(model).toMatchObject({ code: 1, stdout: "" });
  expect(model.stderr).toMatch(/^error: .*nobody\/nothing.*\n$/);
  const dataset = await textune(
    "train",
    recipe,
    "--dataset",
    "nobody/nothing",
    "--output",
    join(folder, "none"),
  );
  expect(dataset).toMatchObject({ code: 1, stdout: "" });
  expect(dataset.stderr).toMatch(/^error: .*nobody\/nothing.*\n$/);
});
