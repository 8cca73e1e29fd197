import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError, OutputError } from "../../src/core/errors.ts";
import { loadWeights } from "../../src/core/models/checkpoint.ts";
import { type ClassifierDesign, parametersOf } from "../../src/core/models/classifier.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "../../src/core/models/half-precision.ts";
import { encoderFor } from "../../src/core/models/registry.ts";
import type { Weight } from "../../src/core/models/weights.ts";
import { weightFilesOf } from "../../src/node/weights/model-folder.ts";
import { readSafetensorsFile, writeSafetensorsFile } from "../../src/node/weights/safetensors-file.ts";
import { folderWith } from "../data/folder.ts";
import { modelFixtures, readGolden } from "./golden.ts";

const fixture = (name: string) => `${modelFixtures}${name}/model.safetensors`;

/** A safetensors file of a header and data as given. */
function fileOf(header: unknown, data = new Uint8Array(0)): Buffer {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([prefix, json, data]);
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelError);
  const { message } = error as ModelError;
  expect(message).not.toContain("\n");
  return message;
}

describe("reading", () => {
  test("gives what another reader of the format gives", async () => {
    const weights = await readSafetensorsFile(fixture("distilbert"));
    const expected = readGolden(fixture("distilbert"));
    expect([...weights.keys()].sort()).toEqual(Object.keys(expected).sort());
    for (const [name, { shape, values }] of weights) {
      expect(shape).toEqual(expected[name]!.shape);
      expect(values).toEqual(expected[name]!.values);
    }
  });

  test("reads only what is wanted", async () => {
    const weights = await readSafetensorsFile(fixture("distilbert"), (name) => name === "classifier.bias");
    expect([...weights.keys()]).toEqual(["classifier.bias"]);
  });

  test.each([
    ["distilbert-f16", 2 ** -11],
    ["distilbert-bf16", 2 ** -8],
  ])("%s is distilbert, rounded", async (name, precision) => {
    const [exact, rounded] = [
      await readSafetensorsFile(fixture("distilbert")),
      await readSafetensorsFile(fixture(name)),
    ];
    expect([...rounded.keys()].sort()).toEqual([...exact.keys()].sort());
    let differing = 0;
    for (const [key, { values }] of rounded) {
      for (const [i, value] of values.entries()) {
        const expected = exact.get(key)!.values[i]!;
        // Below 2⁻¹⁴ f16 has steps of 2⁻²⁴.
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(precision * Math.abs(expected) + 2 ** -25);
        if (value !== expected) differing++;
      }
    }
    expect(differing).toBeGreaterThan(1000);
  });

  test("16-bit floats at the edges of their ranges", () => {
    const halves = Uint16Array.of(
      0x0000,
      0x8000,
      0x0001,
      0x03ff,
      0x0400,
      0x3c00,
      0xc000,
      0x7bff,
      0x7c00,
      0xfc00,
    );
    const expected = [0, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, -2, 65504, Infinity, -Infinity];
    expect([...float16ToFloat32(halves)]).toEqual(expected);
    expect(float16ToFloat32(Uint16Array.of(0x7e00))[0]).toBeNaN();
    const brains = Uint16Array.of(0x0000, 0x8000, 0x3f80, 0xc000, 0x7f80, 0xff80, 0x3eab);
    expect([...bfloat16ToFloat32(brains)]).toEqual([0, -0, 1, -2, Infinity, -Infinity, 0.333984375]);
    expect(bfloat16ToFloat32(Uint16Array.of(0x7fc0))[0]).toBeNaN();
  });

  test("tensors of other types are refused only where they are wanted", async () => {
    const header = {
      ids: { dtype: "I64", shape: [1], data_offsets: [0, 8] },
      w: { dtype: "F32", shape: [1], data_offsets: [8, 12] },
    };
    const path = join(
      folderWith({ "model.safetensors": fileOf(header, new Uint8Array(12)) }),
      "model.safetensors",
    );
    expect([...(await readSafetensorsFile(path, (name) => name === "w")).keys()]).toEqual(["w"]);
    expect(await messageOf(readSafetensorsFile(path))).toContain('"ids" has type I64');
  });
});

describe("writing", () => {
  const tensors = fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => name !== "__metadata__"),
    fc.float32Array({ maxLength: 6 }),
    { noNullPrototype: true },
  );

  test("what is written is read back bit for bit", async () => {
    const path = join(folderWith(), "w.safetensors");
    await fc.assert(
      fc.asyncProperty(tensors, async (entries) => {
        const weights = new Map(
          Object.entries(entries).map(([name, values]): [string, Weight] => [
            name,
            { shape: [values.length], values },
          ]),
        );
        await writeSafetensorsFile(path, weights);
        const read = await readSafetensorsFile(path);
        expect(read.size).toBe(weights.size);
        for (const [name, { shape, values }] of weights) {
          expect(read.get(name)!.shape).toEqual(shape);
          const bits = (array: Float32Array) => new Uint32Array(array.buffer, array.byteOffset, array.length);
          expect(bits(read.get(name)!.values)).toEqual(bits(values));
        }
      }),
      { numRuns: 50 },
    );
  });

  test("equal weights give equal bytes, whatever their order; names are sorted", async () => {
    const folder = folderWith();
    const weights = await readSafetensorsFile(fixture("distilbert"));
    await writeSafetensorsFile(join(folder, "a"), weights);
    await writeSafetensorsFile(join(folder, "b"), new Map([...weights].reverse()));
    const bytes = readFileSync(join(folder, "a"));
    expect(bytes.equals(readFileSync(join(folder, "b")))).toBe(true);
    const header = bytes.toString("utf8", 8, 8 + Number(bytes.readBigUInt64LE(0)));
    const names = Object.keys(JSON.parse(header)).filter((name) => name !== "__metadata__");
    expect(names).toEqual([...names].sort());
    expect(JSON.parse(header).__metadata__).toEqual({ format: "pt" });
    // transformers maps the file into memory: values start at a multiple of their size.
    expect((8 + header.length) % 8).toBe(0);
  });

  test("a file in the way of its folder is an OutputError, and nothing is left", async () => {
    const folder = folderWith({ taken: "" });
    const weights = new Map([["w", { shape: [1], values: Float32Array.of(1) }]]);
    await expect(writeSafetensorsFile(join(folder, "taken", "model.safetensors"), weights)).rejects.toThrow(
      OutputError,
    );
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});

describe("a damaged file is named, with what is wrong", () => {
  const whole = readFileSync(fixture("distilbert"));
  const entry = (change: object) => ({
    w: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...change },
  });
  test.each<[string, Buffer, string]>([
    ["empty", Buffer.alloc(0), "it has 0 bytes"],
    ["shorter than its header's size", Buffer.alloc(5), "it has 5 bytes"],
    ["cut in its header", whole.subarray(0, 100), "its header is longer than the file"],
    ["cut in its data", whole.subarray(0, whole.length - 10), "it ends 10 bytes too early"],
    [
      "a web page",
      Buffer.from("<!DOCTYPE html><html>not found</html>"),
      "its header is longer than the file",
    ],
    ["a header that is no JSON", fileOf("{not json"), "its header is not JSON"],
    ["a header that is a list", fileOf([]), "its header is not JSON"],
    ["an entry without a type", fileOf(entry({ dtype: undefined })), 'its header describes "w" wrongly'],
    ["a negative size", fileOf(entry({ shape: [-2] })), 'its header describes "w" wrongly'],
    ["one offset", fileOf(entry({ data_offsets: [0] })), 'its header describes "w" wrongly'],
    ["offsets in reverse", fileOf(entry({ data_offsets: [8, 0] }), new Uint8Array(8)), 'the size of "w"'],
    ["offsets that don't fit the shape", fileOf(entry({ shape: [3] }), new Uint8Array(8)), 'the size of "w"'],
    ["offsets behind the end", fileOf(entry({}), new Uint8Array(7)), "it ends 1 bytes too early"],
  ])("%s", async (_, bytes, reason) => {
    const path = join(folderWith({ "model.safetensors": bytes }), "model.safetensors");
    const message = await messageOf(readSafetensorsFile(path));
    expect(message).toContain(path);
    expect(message).toContain(reason);
  });

  test("cut anywhere, it is never taken for whole", async () => {
    const folder = folderWith();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        writeFileSync(join(folder, "cut"), whole.subarray(0, length));
        await messageOf(readSafetensorsFile(join(folder, "cut")));
      }),
      { numRuns: 30 },
    );
  });

  test("missing", async () => {
    expect(await messageOf(readSafetensorsFile("/nowhere/model.safetensors"))).toContain(
      "/nowhere/model.safetensors",
    );
  });
});

describe("weights that don't belong to their config.json", () => {
  /** The weights of a changed checkpoint in the design of the fixture. */
  async function load(change: (weights: Map<string, Weight>) => void) {
    const encoder = encoderFor(JSON.parse(readFileSync(`${modelFixtures}distilbert/config.json`, "utf8")));
    const design: ClassifierDesign = { encoder, head: "huggingface", pooling: "cls", outputs: 3 };
    const weights = await readSafetensorsFile(fixture("distilbert"));
    change(weights);
    const folder = folderWith();
    await writeSafetensorsFile(join(folder, "model.safetensors"), weights);
    return loadWeights(await weightFilesOf(folder), encoder, parametersOf(design), { seed: 42 });
  }
  const table = "distilbert.embeddings.word_embeddings.weight";

  test("a tensor of another shape", async () => {
    const wrong = { shape: [60, 64], values: new Float32Array(60 * 64) };
    const message = await messageOf(load((weights) => weights.set(table, wrong)));
    expect(message).toContain(`"${table}" is [60, 64] where config.json makes it [120, 32]`);
  });

  test("missing tensors", async () => {
    const message = await messageOf(load((weights) => weights.delete(table)));
    expect(message).toContain(`${table} missing`);
  });

  test("a missing head is initialised, and what is not known is ignored", async () => {
    const { weights, initialized } = await load((all) => {
      all.delete("classifier.weight");
      all.set("vocab_projector.bias", { shape: [1], values: Float32Array.of(1) });
    });
    expect(initialized).toEqual(["classifier.weight"]);
    expect(weights.has("vocab_projector.bias")).toBe(false);
  });
});
