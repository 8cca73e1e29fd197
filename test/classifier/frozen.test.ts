import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import type { FitOptions, Run } from "../../src/index.ts";
import { FeatureCache } from "../../src/node/classifier/feature-cache.ts";
import { temporaryFolder, test, tinyClassifier, train } from "./tiny.ts";

const headFit: FitOptions = {
  evaluate: { test },
  ...{ epochs: 5, batchSize: 16, learningRate: 1e-2, featureCache: false },
};

const noDropout = { dropout: 0, attention_dropout: 0 };

/** Trains a head; `stages` counts the progress reports of each stage. */
async function fitHead(options: FitOptions, changes: Record<string, unknown> = {}) {
  const stages = new Map<string, number>();
  const classifier = tinyClassifier({ trainable: "head", pooling: "mean", changes });
  const run = await classifier.fit(train, {
    ...headFit,
    ...options,
    onProgress: ({ stage }) => stages.set(stage, (stages.get(stage) ?? 0) + 1),
  });
  return { run, stages };
}

const losses = ({ history }: Run) =>
  history.flatMap(({ train, evaluations }) => [train.loss, evaluations.test!.loss]);

describe("a frozen encoder", () => {
  it("gives from cached features what the whole model gives without dropout", async () => {
    const cached = await fitHead({}, noDropout);
    const whole = await fitHead({ encoderDropout: true }, noDropout);
    expect(cached.stages.get("encode")).toBeGreaterThan(0);
    expect(whole.stages.has("encode")).toBe(false);
    const expected = losses(whole.run);
    for (const [i, loss] of losses(cached.run).entries()) expect(loss).toBeCloseTo(expected[i]!, 5);
  });

  it("is not touched by its dropout rates, unless encoderDropout asks for it", async () => {
    const [without, cached] = [await fitHead({}, noDropout), await fitHead({})];
    expect(losses(cached.run)).toEqual(losses(without.run));
    const dropping = await fitHead({ encoderDropout: true });
    expect(Math.abs(losses(dropping.run)[0]! - losses(cached.run)[0]!)).toBeGreaterThan(1e-4);
  });
});

function flipBit(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at < 0 ? at + bytes.length : at]! ^= 0x10;
  return flipped;
}

describe("cached features", () => {
  it("are used by the next run, and give the same history", async () => {
    const featureCache = temporaryFolder();
    const first = await fitHead({ featureCache });
    expect(readdirSync(featureCache)).toHaveLength(2);
    const second = await fitHead({ featureCache });
    expect(first.stages.has("encode")).toBe(true);
    expect(second.stages.has("encode")).toBe(false);
    expect(first.run.record.timing.encoding).toBeGreaterThan(0);
    expect(second.run.record.timing).not.toHaveProperty("encoding");
    expect(second.run.history).toEqual(first.run.history);
  });

  it.each([
    ["cut short", (path: string) => truncateSync(path, 500)],
    ["empty", (path: string) => truncateSync(path, 0)],
    ["something else", (path: string) => writeFileSync(path, "<html>not found</html>")],
    ["off by one bit", (path: string) => writeFileSync(path, flipBit(readFileSync(path), -2))],
  ])("that are %s are computed again", async (_, damage) => {
    const featureCache = temporaryFolder();
    const first = await fitHead({ featureCache });
    const files = readdirSync(featureCache).map((name) => join(featureCache, name));
    const whole = files.map((path) => readFileSync(path));
    for (const path of files) damage(path);
    const second = await fitHead({ featureCache });
    expect(second.stages.has("encode")).toBe(true);
    expect(second.run.history).toEqual(first.run.history);
    for (const [i, path] of files.entries()) expect(readFileSync(path).equals(whole[i]!)).toBe(true);
  });

  it("are what was written, or not taken, whichever byte of the file is damaged", async () => {
    const folder = temporaryFolder();
    const entry = new FeatureCache(folder).entry("0123");
    const values = Float32Array.from({ length: 12 }, (_, i) => i / 7);
    await entry.put(values, 3);
    const [name] = readdirSync(folder);
    const path = join(folder, name!);
    const whole = readFileSync(path);
    expect(await entry.get()).toEqual(values);
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      writeFileSync(path, flipBit(whole, at));
      const read = await entry.get();
      if (read === undefined) refused++;
      else expect(read).toEqual(values);
    }
    expect(refused).toBeGreaterThan(values.byteLength);
    const other = new FeatureCache(folder).entry("4567");
    await other.put(values, 3);
    const otherPath = join(folder, readdirSync(folder).find((file) => file !== name)!);
    writeFileSync(otherPath, whole);
    expect(await other.get()).toBeUndefined();
  });

  it("of other weights, rows or masks are not taken", async () => {
    const featureCache = temporaryFolder();
    await fitHead({ featureCache });
    const others = [{ truncation: 6 }, { attentionMask: false }];
    for (const options of others) {
      const { stages } = await fitHead({ featureCache, ...options });
      expect(stages.has("encode"), JSON.stringify(options)).toBe(true);
    }
    const stages = new Set<string>();
    const classifier = tinyClassifier({ trainable: "head", pooling: "mean", seed: 43 });
    await classifier.fit(train, { ...headFit, featureCache, onProgress: ({ stage }) => stages.add(stage) });
    expect(stages).toContain("encode");
  });
});
