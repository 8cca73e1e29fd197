import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HubError, ModelError } from "../../src/core/errors.ts";
import { resolveModel } from "../../src/node/hub/model.ts";
import type { HubOptions } from "../../src/node/hub/settings.ts";
import { folderWith } from "../data/folder.ts";
import { withOwnHubSettings } from "./environment.ts";
import { type ServedRepo, startHub } from "./hub-server.ts";

withOwnHubSettings();

const files = {
  required: ["config.json", ["model.safetensors", "model.safetensors.index.json"]],
  optional: ["tokenizer.json", "vocab.txt"],
};
const INDEX = JSON.stringify({
  metadata: { total_size: 2 },
  weight_map: {
    "a.weight": "model-00001-of-00002.safetensors",
    "b.weight": "model-00002-of-00002.safetensors",
  },
});
const SHARDS = { "model-00001-of-00002.safetensors": "1", "model-00002-of-00002.safetensors": "2" };

function model(name: string, main: Record<string, string>, more: Partial<ServedRepo> = {}): ServedRepo {
  return {
    type: "model",
    name,
    revisions: { main },
    large: Object.keys(main).filter((path) => /tensors$/.test(path)),
    ...more,
  };
}

function resolve(name: string, options: HubOptions = {}): Promise<string> {
  return resolveModel(name, { ...options, files });
}

describe("from the hub", () => {
  test("only the files asked for are downloaded", async () => {
    const hub = await startHub([
      model("distilbert-base-uncased", {
        "config.json": "{}",
        "model.safetensors": "weights",
        "vocab.txt": "[PAD]",
        "pytorch_model.bin": "a pickle",
        "README.md": "",
      }),
    ]);
    const folder = await resolve("distilbert-base-uncased", { endpoint: hub.url });
    expect(readdirSync(folder).sort()).toEqual(["config.json", "model.safetensors", "vocab.txt"]);
    expect(folder).toContain(join("hub", "models--distilbert-base-uncased", "snapshots"));
    await hub.close();
    expect(await resolve("distilbert-base-uncased", { endpoint: hub.url })).toBe(folder);
  });

  test("weights in several files come with their index", async () => {
    const main = { "config.json": "{}", "model.safetensors.index.json": INDEX, ...SHARDS };
    const hub = await startHub([model("big/model", main)]);
    const folder = await resolve("big/model", { endpoint: hub.url });
    expect(readdirSync(folder).sort()).toEqual(Object.keys(main).sort());
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "no weights in this format",
      { "config.json": "{}", "pytorch_model.bin": "x" },
      "model a/b has no model.safetensors or model.safetensors.index.json",
    ],
    ["no configuration", { "model.safetensors": "x" }, "model a/b has no config.json"],
    [
      "a part missing",
      { "config.json": "{}", "model.safetensors.index.json": INDEX, "model-00001-of-00002.safetensors": "1" },
      "model a/b lacks model-00002-of-00002.safetensors, which its index names",
    ],
    [
      "a damaged index",
      { "config.json": "{}", "model.safetensors.index.json": INDEX.slice(0, 50) },
      "model.safetensors.index.json is not valid JSON",
    ],
    [
      "an index that leads elsewhere",
      { "config.json": "{}", "model.safetensors.index.json": '{"weight_map": {"a": "../../secret"}}' },
      "model.safetensors.index.json doesn't list files of weights by name",
    ],
  ])("%s", async (_, main, message) => {
    const hub = await startHub([model("a/b", main)]);
    const error = await resolve("a/b", { endpoint: hub.url }).catch((error) => error);
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message).toContain(message);
  });

  test("gated, and with a token that opens it", async () => {
    const hub = await startHub([
      model("meta/llama", { "config.json": "{}", "model.safetensors": "x" }, { gatedFor: "yes" }),
    ]);
    await expect(resolve("meta/llama", { endpoint: hub.url })).rejects.toThrow(HubError);
    await expect(resolve("meta/llama", { endpoint: hub.url })).rejects.toThrow(
      `model meta/llama is gated: accept its terms on ${hub.url}/meta/llama, then set HF_TOKEN`,
    );
    expect(existsSync(await resolve("meta/llama", { endpoint: hub.url, token: "yes" }))).toBe(true);
  });

  test("of an architecture that can't be used is refused before its weights are downloaded", async () => {
    const config = JSON.stringify({ model_type: "mamba" });
    const hub = await startHub([model("a/b", { "config.json": config, "model.safetensors": "x" })]);
    const checkConfig = (config: unknown) => {
      expect(config).toEqual({ model_type: "mamba" });
      throw new ModelError("not this one");
    };
    const loading = resolveModel("a/b", { endpoint: hub.url, files, checkConfig });
    await expect(loading).rejects.toThrow("not this one");
    expect(hub.fileRequests().filter((path) => path.includes("safetensors"))).toEqual([]);
  });

  test("unknown", async () => {
    const hub = await startHub([]);
    await expect(resolve("distilbret", { endpoint: hub.url })).rejects.toThrow(
      `unknown model "distilbret", or a private one: no folder of that name here, and none on ${hub.url}`,
    );
  });
});

describe("from a folder", () => {
  test("is the folder itself, and the hub is not asked", async () => {
    const folder = folderWith({ "config.json": "{}", "model.safetensors.index.json": INDEX, ...SHARDS });
    expect(await resolve(folder)).toBe(folder);
  });

  test.each<[string, Record<string, string>, string]>([
    ["no configuration", { "model.safetensors": "x" }, "has no config.json"],
    ["no weights", { "config.json": "{}" }, "has no model.safetensors or model.safetensors.index.json"],
    [
      "a part missing",
      { "config.json": "{}", "model.safetensors.index.json": INDEX },
      "lacks model-00001-of-00002.safetensors",
    ],
  ])("%s", async (_, content, message) => {
    const folder = folderWith(content);
    const error = await resolve(folder).catch((error) => error);
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message).toContain(`folder ${folder} ${message}`);
  });

  test("that isn't there, or is a file", async () => {
    const folder = folderWith({ "config.json": "{}" });
    await expect(resolve(join(folder, "nothing"))).rejects.toThrow("there is no model folder");
    await expect(resolve("./runs/nothing/model")).rejects.toThrow(ModelError);
    await expect(resolve(join(folder, "config.json"))).rejects.toThrow(
      "is a file; give the folder of a model",
    );
  });
});
