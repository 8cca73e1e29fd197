import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TrainingError } from "../../src/core/errors.ts";
import type { Checkpoint, TrainingIdentity } from "../../src/core/training/checkpoint.ts";
import { CheckpointFolder } from "../../src/node/training/checkpoint-folder.ts";
import { folderWith } from "../data/folder.ts";

const identity: TrainingIdentity = {
  settings: { learningRate: 1e-3, batchSize: 16, classWeights: undefined },
  hashes: { "the rows of train": "abc" },
};

const checkpoint = (step: number, bestStep = -1): Checkpoint => ({
  progress: {
    ...{ step, bestStep, seconds: [0.5], elapsed: 1.25 },
    history: [
      {
        epoch: 1 / 3,
        step: 2,
        learningRate: 1e-3,
        train: { rows: 4, loss: 0.1, lossSum: 0.3, accuracy: 1 },
        evaluations: {},
      },
    ],
    tally: { rows: 3, weight: 3, tokens: 40, lossSum: 1 / 3, rowLossSum: 0.1 + 0.2, right: 2 },
  },
  weights: new Map([
    ["a.weight", { shape: [2, 2], values: Float32Array.of(step, -0, 1e-42, Number.MAX_VALUE) }],
    ["a.bias", { shape: [2], values: Float32Array.of(1, 2) }],
  ]),
  optimizer: new Map([
    ["a.weight", { first: Float32Array.of(1, 2, 3, 4), second: Float32Array.of(5, 6, 7, 8) }],
    ["a.bias", { first: Float32Array.of(9, 10), second: Float32Array.of(11, step) }],
  ]),
  bestWeights:
    bestStep >= 0 && bestStep !== step
      ? new Map([["a.bias", { shape: [2], values: Float32Array.of(3, 4) }]])
      : undefined,
});

const open = (folder: string, keep = 2) => new CheckpointFolder(folder, { keep });

test("gives back what was saved, to the bit", async () => {
  const folder = join(folderWith(), "runs", "x", "checkpoints");
  for (const saved of [checkpoint(4), checkpoint(6, 4), checkpoint(8, 8)]) {
    await open(folder).save(saved, identity);
    const { checkpoint: read, damaged } = await open(folder).last(identity);
    expect(read).toEqual({
      ...saved,
      weights: new Map([...saved.weights].sort()),
      optimizer: new Map([...saved.optimizer].sort()),
    });
    expect(damaged).toEqual([]);
  }
  expect(readdirSync(folder).sort()).toEqual(["step-6", "step-8"]);
});

test("keeps the latest, by number", async () => {
  const folder = folderWith();
  for (const step of [8, 9, 10, 11, 100]) await open(folder, 3).save(checkpoint(step), identity);
  expect(readdirSync(folder).sort()).toEqual(["step-10", "step-100", "step-11"]);
  expect((await open(folder).last(identity)).checkpoint?.progress.step).toBe(100);
});

test("where there is none", async () => {
  const { checkpoint: read, damaged } = await open(join(folderWith(), "nothing")).last(identity);
  expect([read, damaged]).toEqual([undefined, []]);
});

test("a training that begins anew does not mix with another's", async () => {
  const folder = folderWith();
  await open(folder).checkEmpty();
  await open(folder).save(checkpoint(4), identity);
  await expect(open(folder).checkEmpty()).rejects.toThrow(TrainingError);
});

test("what a killed process was writing is cleared away", async () => {
  const folder = folderWith();
  await open(folder).save(checkpoint(4), identity);
  cpSync(join(folder, "step-4"), join(folder, "step-6.0123abcd.tmp"), { recursive: true });
  expect((await open(folder).last(identity)).checkpoint?.progress.step).toBe(4);
  expect(readdirSync(folder)).toEqual(["step-4"]);
});

describe("a damaged checkpoint is passed over", () => {
  const files = [
    "model.safetensors",
    "optimizer.safetensors",
    "best.safetensors",
    "state.json",
    "manifest.json",
  ];
  const damages: [string, (path: string) => void, RegExp][] = [
    ["missing", (path) => rmSync(path), /is missing|has no manifest/],
    ["empty", (path) => truncateSync(path, 0), /has 0 of \d+ bytes|can't be read/],
    ["cut short", (path) => truncateSync(path, 20), /has 20 of \d+ bytes|can't be read/],
    ["longer", (path) => appendFileSync(path, "x"), /bytes|can't be read/],
    [
      "changed in one byte",
      (path) => {
        const bytes = readFileSync(path);
        // A digit of a hash in the manifest, a digit of a number elsewhere or a byte of a tensor.
        const at = path.endsWith("manifest.json") ? bytes.indexOf('"sha256": "') + 11 : bytes.length - 4;
        bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30;
        writeFileSync(path, bytes);
      },
      /has changed/,
    ],
  ];
  const cases = files.flatMap((file) =>
    damages.map(([how, damage, reason]) => ({ file, how, damage, reason })),
  );

  test.each(cases)("$file $how", async ({ file, damage, reason }) => {
    const folder = folderWith();
    await open(folder).save(checkpoint(4), identity);
    await open(folder).save(checkpoint(6, 4), identity);
    damage(join(folder, "step-6", file));
    const { checkpoint: read, damaged } = await open(folder).last(identity);
    expect(read?.progress.step).toBe(4);
    expect(damaged).toHaveLength(1);
    expect(damaged[0]).toContain(join(folder, "step-6"));
    expect(damaged[0]).toMatch(reason);
    expect(readdirSync(folder)).toEqual(["step-4"]);
  });

  test("and so are all of them", async () => {
    const folder = folderWith();
    await open(folder).save(checkpoint(4), identity);
    mkdirSync(join(folder, "step-6"));
    rmSync(join(folder, "step-4", "state.json"));
    const { checkpoint: read, damaged } = await open(folder).last(identity);
    expect(read).toBeUndefined();
    expect(damaged).toHaveLength(2);
  });
});

describe("another training's checkpoint is refused", () => {
  test.each<[string, TrainingIdentity, string]>([
    [
      "a setting",
      { ...identity, settings: { ...identity.settings, learningRate: 2e-3 } },
      "learningRate was 0.001 and is 0.002",
    ],
    [
      "a new setting",
      { ...identity, settings: { ...identity.settings, classWeights: [1, 2] } },
      "classWeights was unset and is [1,2]",
    ],
    ["the data", { ...identity, hashes: { "the rows of train": "abd" } }, "the rows of train differ"],
    [
      "a split",
      { ...identity, hashes: { ...identity.hashes, "the rows of test": "x" } },
      "the rows of test differ",
    ],
  ])("%s", async (_, other, message) => {
    const folder = folderWith();
    await open(folder).save(checkpoint(4), identity);
    const read = open(folder).last(other);
    await expect(read).rejects.toThrow(TrainingError);
    await expect(read).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(["step-4"]);
  });
});
