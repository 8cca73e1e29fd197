import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { trainableNames } from "../../src/core/classifier/trainable.ts";
import { parametersOf } from "../../src/core/models/classifier.ts";
import { encoderFor } from "../../src/core/models/registry.ts";
import { ones, zeros } from "../../src/core/nn/initializers.ts";
import { Parameters } from "../../src/core/nn/parameters.ts";
import { modelFixtures } from "./golden.ts";

const decayed: Record<string, string[]> = JSON.parse(readFileSync(`${modelFixtures}decayed.json`, "utf8"));

describe.each(Object.entries(decayed))("%s", (name, names) => {
  const encoder = encoderFor(JSON.parse(readFileSync(`${modelFixtures}${name}/config.json`, "utf8")));
  const parameters = parametersOf({ encoder, head: "huggingface", pooling: "cls", outputs: 3 });

  test("weights and embeddings are what Hugging Face's Trainer decays", () => {
    const roles = parameters.filter(({ role }) => role === "weight" || role === "embedding");
    expect(roles.map((parameter) => parameter.name).sort()).toEqual(names);
  });

  test("every block is a layer; what is in front and behind is not", () => {
    const layers = new Set(parameters.map(({ layer }) => layer));
    const blocks = Array.from({ length: encoder.layers }, (_, i) => i);
    expect([...layers]).toEqual(["embeddings", ...blocks, "head"]);
    for (const { name, layer } of parameters) {
      const block = /\.layer\.(\d+)\./.exec(name)?.[1];
      expect(typeof layer === "number" ? String(layer) : undefined, name).toBe(block);
    }
  });
});

test("what is trained follows from the declared layers, whatever the parameters are named", () => {
  const encoder = { ...encoderFor({ model_type: "bert" }), layers: 3 };
  const parameters = new Parameters();
  parameters.scope("emb", "embeddings").get("layer.2.w", [1], "embedding", zeros);
  const blocks = parameters.scope("h", "embeddings");
  for (const i of [0, 1, 2]) blocks.scope(`block${i}`, i).get("ln", [1], "norm", ones);
  parameters.scope("h.layer.0", "head").get("score", [1], "weight", zeros);
  const trained = (which: "head" | `top:${number}`) => [...trainableNames(which, encoder, parameters.list())];
  expect(trained("head")).toEqual(["h.layer.0.score"]);
  expect(trained("top:2")).toEqual(["h.block1.ln", "h.block2.ln", "h.layer.0.score"]);
});

test("a parameter that is declared twice is declared the same", () => {
  const parameters = new Parameters();
  parameters.scope("a", 0).get("w", [2], "weight", zeros);
  expect(() => parameters.scope("a", 0).get("w", [3], "weight", zeros)).toThrow("parameter a.w is");
  expect(() => parameters.scope("a", 1).get("w", [2], "weight", zeros)).toThrow(
    "weight of 0, not weight of 1",
  );
  expect(() => parameters.scope("a", 0).get("w", [2], "norm", zeros)).toThrow("weight of 0, not norm of 0");
});
