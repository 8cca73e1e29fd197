import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { ModelError } from "../../src/core/errors.ts";
import { readSafetensors, safetensorsPieces } from "../../src/core/models/safetensors.ts";
import type { ByteSource, Weight } from "../../src/core/models/weights.ts";
import { readModelJson, weightFilesOf } from "../../src/node/weights/model-folder.ts";
import { PickleError, unpickle } from "../../src/node/weights/pickle.ts";
import { readPytorchCheckpoint } from "../../src/node/weights/pytorch-checkpoint.ts";
import { torchScope } from "../../src/node/weights/pytorch-tensors.ts";
import { modelFixtures } from "./golden.ts";

const scratch = mkdtempSync(join(tmpdir(), "textune-hostile-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const sourceOf = (bytes: Uint8Array): ByteSource => ({
  byteLength: bytes.length,
  slice: async (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
});

/** One line in the user's terms, of a sensible length. */
function expectClear(error: unknown, input: unknown): void {
  expect(error, String(input)).toBeInstanceOf(ModelError);
  const { message } = error as ModelError;
  expect(message.length).toBeLessThan(400);
  expect(message).not.toMatch(/\n|undefined|NaN|\bERR_|RangeError|TypeError|Maximum call|Invalid|Unexpected/);
}

/** Bytes overwritten, cut out, put in, or written twice. */
const mutations = fc.array(
  fc.record({
    kind: fc.constantFrom("set", "cut", "insert", "repeat", "end"),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }),
  }),
  { minLength: 1, maxLength: 4 },
);

type Mutation = typeof mutations extends fc.Arbitrary<(infer T)[]> ? T : never;

/** @param reach How much of the file's start is changed: where its header is. */
function mutated(original: Buffer, changes: readonly Mutation[], reach: number): Buffer {
  let bytes = original;
  for (const { kind, at, bytes: put } of changes) {
    const from = Math.floor(at * Math.min(reach, bytes.length));
    const [before, after] = [bytes.subarray(0, from), bytes.subarray(from)];
    if (kind === "set") bytes = Buffer.concat([before, put, after.subarray(put.length)]);
    if (kind === "cut") bytes = Buffer.concat([before, after.subarray(put.length)]);
    if (kind === "insert") bytes = Buffer.concat([before, put, after]);
    if (kind === "repeat") bytes = Buffer.concat([before, after.subarray(0, 40), after]);
    if (kind === "end") bytes = before;
  }
  return bytes;
}

const small = Buffer.concat(
  safetensorsPieces(
    new Map<string, Weight>([
      ["a.weight", { shape: [2, 3], values: new Float32Array(6).fill(0.5) }],
      ["a.bias", { shape: [2], values: new Float32Array(2) }],
      ["scalar", { shape: [], values: Float32Array.of(7) }],
    ]),
  ),
);

test("a safetensors file with damage is read or refused in one clear line", async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(mutations, async (changes) => {
      const bytes = mutated(small, changes, small.length);
      const result = await readSafetensors(sourceOf(bytes), "w.safetensors").catch((error: unknown) => error);
      if (result instanceof Map) return;
      refused++;
      expectClear(result, bytes.toString("latin1"));
    }),
    { numRuns: 3000, seed: 9 },
  );
  expect(refused).toBeGreaterThan(1000);
});

test.each(["archive.bin", "before-1.6.bin"])(
  "%s with damage is read or refused in one clear line",
  async (file) => {
    const original = readFileSync(`${modelFixtures}pytorch-files/${file}`);
    const path = join(scratch, file);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(mutations, fc.constantFrom(400, 2000, original.length), async (changes, reach) => {
        writeFileSync(path, mutated(original, changes, reach));
        const result = await readPytorchCheckpoint(path).catch((error: unknown) => error);
        if (result instanceof Map) return;
        refused++;
        expectClear(result, JSON.stringify(changes));
      }),
      { numRuns: 400, seed: 9 },
    );
    expect(refused).toBeGreaterThan(200);
  },
);

test("a pickle of random opcodes is read or refused", () => {
  const opcode = fc.constantFrom(
    ...Buffer.from("\x80(N\x88\x89KMJ\x8aGX)\x85\x86\x87t]ae}suqrhjcQRb.", "latin1"),
  );
  const bytes = fc.array(fc.oneof({ arbitrary: opcode, weight: 4 }, fc.nat({ max: 255 })), { maxLength: 40 });
  fc.assert(
    fc.property(bytes, (codes) => {
      try {
        unpickle(Buffer.from([0x80, 2, ...codes, 0x2e]), 0, torchScope(new Map()));
      } catch (error) {
        expect(error).toBeInstanceOf(PickleError);
      }
    }),
    { numRuns: 5000, seed: 9 },
  );
});

describe("a pickle that is meant to break a reader", () => {
  const rebuild = "ctorch._utils\n_rebuild_tensor_v2\n";
  const million = 1_000_000;
  test.each<[string, string]>([
    ["a call with a million arguments", `${rebuild}(${"N".repeat(million)}tR.`],
    ["a million marks", `${"(".repeat(million)}R.`],
    ["a million nested lists", `${"]".repeat(million)}${"a".repeat(million - 1)}0.`],
    ["a list that holds itself, as a shape", `${rebuild}(N]q\x00h\x00aK\x00h\x00h\x00tR.`],
    ["a global of a million letters", `c${"x".repeat(million)}\ny\n.`],
    ["a string longer than the file", "X\xff\xff\xff\xffabc."],
  ])("%s", (_, body) => {
    const read = () => unpickle(Buffer.from(`\x80\x02${body}`, "latin1"), 0, torchScope(new Map()));
    expect(read).toThrow(PickleError);
    try {
      read();
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(200);
    }
  });
});

describe("a safetensors header that is meant to break a reader", () => {
  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  const long = "x".repeat(100_000);
  test.each<[string, string, string]>([
    ["100,000 nested lists", "[".repeat(100_000), "its header is not JSON"],
    [
      "a shape of 10,000 axes",
      JSON.stringify({ w: { ...entry, shape: Array(10_000).fill(1) } }),
      '"w" wrongly',
    ],
    ["a huge name", JSON.stringify({ [long]: { ...entry, shape: [3] } }), "doesn't fit its shape"],
    ["a huge type", JSON.stringify({ w: { ...entry, dtype: long } }), "textune reads F64, F32"],
    ["overlapping tensors", JSON.stringify({ v: entry, w: entry }), "its tensors overlap"],
    [
      "sizes beyond any number",
      JSON.stringify({ w: { ...entry, shape: [2 ** 52, 2 ** 52] } }),
      "fit its shape",
    ],
  ])("%s", async (_, header, reason) => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(header.length));
    const bytes = Buffer.concat([size, Buffer.from(header), Buffer.alloc(8)]);
    const error = await readSafetensors(sourceOf(bytes), "w.safetensors").catch((cause: unknown) => cause);
    expectClear(error, header.slice(0, 100));
    expect((error as Error).message).toContain(reason);
  });

  test("a header of gigabytes isn't read", async () => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(4_000_000_000n);
    const read: [number, number][] = [];
    const source: ByteSource = {
      byteLength: 5_000_000_000,
      slice: async (start, end) => {
        read.push([start, end]);
        return new Uint8Array(size).buffer;
      },
    };
    await expect(readSafetensors(source, "w")).rejects.toThrow("its header has 4000000000 bytes");
    expect(read).toEqual([[0, 8]]);
  });
});

test.each(["model.safetensors", "pytorch_model.bin"])(
  "a git-LFS pointer as %s is called one",
  async (name) => {
    const folder = mkdtempSync(join(scratch, "lfs-"));
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 91000000\n`;
    writeFileSync(join(folder, name), pointer);
    writeFileSync(join(folder, "config.json"), pointer);
    const [file] = await weightFilesOf(folder);
    const error = await file!.read(() => true).catch((cause: unknown) => cause);
    expectClear(error, name);
    expect((error as Error).message).toMatch(/is a git-LFS pointer, not the file of 91\.0 MB itself/);
    await expect(readModelJson(folder, "config.json")).rejects.toThrow("is a git-LFS pointer");
  },
);

test("float64 is rounded to float32, as PyTorch casts it", async () => {
  const values = Float64Array.of(0.1, -1 / 3, 1e-50, 1e300, 16777217);
  const header = JSON.stringify({ w: { dtype: "F64", shape: [5], data_offsets: [0, 40] } });
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  const bytes = Buffer.concat([size, Buffer.from(header), Buffer.from(values.buffer)]);
  const weights = await readSafetensors(sourceOf(bytes), "w");
  expect([...weights.get("w")!.values]).toEqual([...values].map(Math.fround));
});
