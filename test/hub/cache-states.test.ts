import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HubError } from "../../src/core/errors.ts";
import { loadDataset } from "../../src/node/data/load-dataset.ts";
import { resolveModel } from "../../src/node/hub/model.ts";
import { openRepo } from "../../src/node/hub/repo.ts";
import { withOwnHubSettings } from "./environment.ts";
import { commitOf, type ServedRepo, startHub } from "./hub-server.ts";

withOwnHubSettings();

const CARD = `---
configs:
- config_name: only
  data_files:
  - split: train
    path: data/train-*
  - split: test
    path: data/test-*
---
`;
const FILES: Record<string, string> = {
  "README.md": CARD,
  "data/train-00000-of-00002.csv": "text,label\na,0\nb,1\n",
  "data/train-00001-of-00002.csv": "text,label\nc,0\nd,1\n",
  "data/test-00000-of-00001.csv": "text,label\ne,0\nf,1\n",
};
const PATHS = Object.keys(FILES);
const REPO: ServedRepo = { type: "dataset", name: "some/data", revisions: { main: FILES } };

test("whatever part of a dataset is cached, offline it is the whole dataset or refused", async () => {
  const hub = await startHub([REPO]);
  const folder = join(process.env.HF_HOME!, "hub", "datasets--some--data");
  const states = fc.record({ cached: fc.subarray(PATHS), listed: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(states, async ({ cached, listed }) => {
      rmSync(folder, { recursive: true, force: true });
      const repo = await openRepo("dataset", "some/data", { endpoint: hub.url });
      await repo.files(cached);
      if (!listed) rmSync(join(folder, "trees"), { recursive: true });
      const loading = loadDataset("some/data", { offline: true });
      if (cached.length === PATHS.length) {
        const { train, test } = await loading;
        expect([train?.length, test?.length]).toEqual([4, 2]);
      } else {
        await expect(loading).rejects.toThrow(HubError);
      }
    }),
    { seed: 8, numRuns: 40 },
  );
});

test("the listing of a commit is kept as huggingface_hub keeps it", async () => {
  const hub = await startHub([{ ...REPO, large: ["data/test-00000-of-00001.csv"] }]);
  await openRepo("dataset", "some/data", { endpoint: hub.url });
  const { readFileSync } = await import("node:fs");
  const commit = commitOf("some/data", "main", FILES);
  const path = join(process.env.HF_HOME!, "hub", "datasets--some--data", "trees", `${commit}.json`);
  const { format_version, files } = JSON.parse(readFileSync(path, "utf8"));
  expect(format_version).toBe(1);
  expect(Object.keys(files)).toEqual([...PATHS].sort());
  expect(Object.keys(files["README.md"])).toEqual(["size", "blob_id"]);
  expect(Object.keys(files["data/test-00000-of-00001.csv"])).toEqual([
    "size",
    "blob_id",
    "lfs_sha256",
    "lfs_size",
    "xet_hash",
  ]);
});

const MODEL: Record<string, string> = {
  "config.json": "{}",
  "model.safetensors": "weights",
  "tokenizer.json": "{}",
  "tokenizer_config.json": '{"do_lower_case": false}',
  "README.md": "",
};

test("whatever part of a model is cached, offline it has all that counts, or doubt is told, or it is refused", async () => {
  const hub = await startHub([{ type: "model", name: "some/model", revisions: { main: MODEL } }]);
  const folder = join(process.env.HF_HOME!, "hub", "models--some--model");
  const commit = commitOf("some/model", "main", MODEL);
  const files = {
    required: ["config.json", ["model.safetensors", "pytorch_model.bin"]],
    optional: ["tokenizer.json", "tokenizer_config.json", "vocab.txt", "added_tokens.json"],
  };
  const states = fc.record({
    cached: fc.subarray(Object.keys(MODEL)),
    listed: fc.boolean(),
    /** What another program looked for and didn't find. */
    absent: fc.subarray(["added_tokens.json"]),
  });
  await fc.assert(
    fc.asyncProperty(states, async ({ cached, listed, absent }) => {
      rmSync(folder, { recursive: true, force: true });
      const repo = await openRepo("model", "some/model", { endpoint: hub.url });
      await repo.files(cached);
      if (!listed) rmSync(join(folder, "trees"), { recursive: true });
      for (const path of absent) {
        mkdirSync(join(folder, ".no_exist", commit), { recursive: true });
        writeFileSync(join(folder, ".no_exist", commit, path), "");
      }
      const notices: string[] = [];
      const onNotice = (notice: string) => notices.push(notice);
      const has = (path: string) => cached.includes(path);
      const loading = resolveModel("some/model", { offline: true, files, onNotice });
      const needed = ["config.json", "model.safetensors", "tokenizer.json"];
      if (!needed.every(has) || (listed && !has("tokenizer_config.json"))) {
        await expect(loading).rejects.toThrow(HubError);
        return;
      }
      await loading;
      const doubts = [
        ...(has("tokenizer_config.json") ? [] : ["tokenizer_config.json"]),
        ...(absent.length > 0 ? [] : ["added_tokens.json"]),
      ];
      const told = `the cache doesn't tell whether model some/model has ${doubts.join(" or ")}, and the hub could not be asked; going on without`;
      expect(notices).toEqual(listed || doubts.length === 0 ? [] : [told]);
    }),
    { seed: 9, numRuns: 30 },
  );
});
