import { expect, it } from "vitest";
import { encoderParameters } from "../../src/core/models/encoder.ts";
import { architectureNames, baseConfig, encoderFor } from "../../src/core/models/registry.ts";

// What transformers counts for the published base configurations, the pooler left out.
const parameters: Record<string, number> = {
  distilbert: 66_362_880,
  bert: 108_891_648,
  roberta: 124_055_040,
  "xlm-roberta": 277_453_056,
  deberta: 138_601_728,
  "deberta-v2": 183_831_552,
};

it.each(Object.keys(parameters))("%s has the base checkpoint's shape", (name) => {
  const encoder = encoderFor(baseConfig(name));
  const count = encoderParameters(encoder)
    .map(({ shape }) => shape.reduce((a, b) => a * b, 1))
    .reduce((a, b) => a + b, 0);
  expect(count).toBe(parameters[name]);
  expect(encoder.maxLength).toBe(512);
});

it("names every architecture", () => {
  expect(architectureNames).toEqual(Object.keys(parameters));
  expect(() => baseConfig("deberta-v3")).toThrow('no architecture "deberta-v3"; did you mean "deberta-v2"?');
});

it("changes the keys that it is told, and knows no others", () => {
  expect(baseConfig("bert", { hidden_size: 64 })).toMatchObject({ model_type: "bert", hidden_size: 64 });
  expect(() => baseConfig("distilbert", { layers: 2 })).toThrow(
    'the configuration of distilbert has no key "layers"; did you mean "n_layers"?',
  );
});
