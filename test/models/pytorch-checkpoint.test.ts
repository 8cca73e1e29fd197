import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ModelError } from "../../src/core/errors.ts";
import { loadWeights } from "../../src/core/models/checkpoint.ts";
import { parametersOf } from "../../src/core/models/classifier.ts";
import { encoderFor } from "../../src/core/models/registry.ts";
import { weightFilesOf } from "../../src/node/weights/model-folder.ts";
import { readPytorchCheckpoint } from "../../src/node/weights/pytorch-checkpoint.ts";
import { modelFixtures } from "./golden.ts";

const files = `${modelFixtures}pytorch-files/`;
const scratch = mkdtempSync(join(tmpdir(), "textune-pytorch-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const isFloat = (name: string) => name !== "position_ids" && name !== "f64";

describe.each(["archive.bin", "before-1.6.bin"])("%s", (file) => {
  const bytes = readFileSync(`${files}${file}`);

  test("tensors, half precision, views and shared storage", async () => {
    const expected = JSON.parse(readFileSync(`${files}tensors.json`, "utf8")) as Record<
      string,
      { shape: number[]; values: number[] }
    >;
    const weights = await readPytorchCheckpoint(`${files}${file}`, isFloat);
    expect([...weights.keys()].sort()).toEqual(Object.keys(expected).sort());
    for (const [name, { shape, values }] of Object.entries(expected)) {
      expect(weights.get(name)!.shape, name).toEqual(shape);
      expect([...weights.get(name)!.values], name).toEqual(values);
    }
  });

  test("an integer tensor is refused only where it is wanted", async () => {
    await expect(readPytorchCheckpoint(`${files}${file}`)).rejects.toThrow(/"position_ids" is a LongStorage/);
  });

  test("a file that is cut short", async () => {
    const path = join(scratch, `cut-${file}`);
    for (let size = 0; size < bytes.length; size += 97) {
      writeFileSync(path, bytes.subarray(0, size));
      await expect(readPytorchCheckpoint(path, isFloat), `${size} bytes`).rejects.toThrow(ModelError);
    }
  });

  test("a file with wrong bytes is read or refused, never anything else", async () => {
    const path = join(scratch, `damaged-${file}`);
    for (let at = 0; at < bytes.length; at += 13) {
      const damaged = Buffer.from(bytes);
      damaged[at] = damaged[at]! ^ 0x55;
      writeFileSync(path, damaged);
      const result = await readPytorchCheckpoint(path, isFloat).catch((error: unknown) => error);
      if (!(result instanceof Map)) expect(result, `byte ${at}`).toBeInstanceOf(ModelError);
    }
  });
});

test("a call of anything but PyTorch's own is refused and named", async () => {
  await expect(readPytorchCheckpoint(`${files}call.bin`)).rejects.toThrow(/Python's __builtin__ print/);
});

test("what is no checkpoint", async () => {
  await expect(readPytorchCheckpoint(`${files}no-dictionary.bin`)).rejects.toThrow(
    /no dictionary of tensors/,
  );
  await expect(readPytorchCheckpoint(`${files}tensors.json`)).rejects.toThrow(ModelError);
  await expect(readPytorchCheckpoint(`${files}absent.bin`)).rejects.toThrow(/can't open/);
});

test("a folder without safetensors is loaded from its pytorch_model.bin shards", async () => {
  const config: unknown = JSON.parse(readFileSync(`${modelFixtures}deberta/config.json`, "utf8"));
  const encoder = encoderFor(config);
  const parameters = parametersOf({ encoder, head: "huggingface", pooling: "cls", outputs: 3 });
  const expected = await loadWeights(await weightFilesOf(`${modelFixtures}deberta`), encoder, parameters, {
    seed: 0,
  });
  const actual = await loadWeights(
    await weightFilesOf(`${modelFixtures}deberta-pytorch`),
    encoder,
    parameters,
    { seed: 0 },
  );
  expect(actual.initialized).toEqual([]);
  expect(actual.weights).toEqual(expected.weights);
});

test("a folder without weights", async () => {
  await expect(weightFilesOf(scratch)).rejects.toThrow(/neither model.safetensors nor/);
});
