import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import * as op from "../src/core/engine/operators/index.ts";
import { Program } from "../src/core/engine/program.ts";
import { input } from "../src/core/engine/tensor.ts";
import { TorchGenerator } from "../src/core/random/torch.ts";

/** The middle of a list of measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Seconds of each of `repeats` runs, after `warmUp` that don't count. */
export async function timed(
  run: () => Promise<unknown>,
  { warmUp = 3, repeats = 8 } = {},
): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < warmUp + repeats; i++) {
    const start = performance.now();
    await run();
    if (i >= warmUp) seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}

/**
 * What this machine's matrix product reaches in this process, in GFLOP/s: the median of products of 2048 × 2048
 * float32 matrices by ONNX Runtime.
 */
export async function gemmRate(): Promise<number> {
  const size = 2048;
  const program = await Program.compile(
    { product: op.gemm(input("a", "float32", [size, size]), input("b", "float32", [size, size])) },
    { reuseOutputs: true },
  );
  const random = new TorchGenerator(1);
  const feeds = { a: random.uniform(size * size, -1, 1), b: random.uniform(size * size, -1, 1) };
  const seconds = median(await timed(() => program.run({}, feeds), { warmUp: 5, repeats: 15 }));
  await program.release();
  return (2 * size ** 3) / seconds / 1e9;
}

/** Sizes of an encoder, for counting its work. */
export interface EncoderSizes {
  layers: number;
  hiddenSize: number;
  intermediateSize: number;
  heads: number;
}

/** DistilBERT-base. */
export const distilbertBase: EncoderSizes = { layers: 6, hiddenSize: 768, intermediateSize: 3072, heads: 12 };

/**
 * Floating-point operations of a forward pass as textune executes it, matrix products only: all positions of every layer
 * but the last, of which [CLS] alone is computed, without keys and values of the others.
 *
 * @param length Tokens of each row, padding included where it is computed.
 */
export function forwardFlop(
  { layers, hiddenSize, intermediateSize, heads }: EncoderSizes,
  rows: number,
  length: number,
): number {
  const position = 2 * (4 * hiddenSize ** 2 + 2 * hiddenSize * intermediateSize);
  const attention = 2 * 2 * length ** 2 * hiddenSize;
  const first = 2 * 2 * length * heads * hiddenSize;
  return rows * ((layers - 1) * (length * position + attention) + position + first);
}

/** Runs the PyTorch side of a benchmark and returns what it prints as JSON. */
export function runPython<T>(python: string, script: string, args: readonly string[]): T {
  const path = new URL(`python/${script}`, import.meta.url).pathname;
  return JSON.parse(
    execFileSync(python, [path, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
  ) as T;
}

/** String flags of a benchmark, all of them optional except those without a default. */
export function flags<K extends string>(defaults: Record<K, string | undefined>): Record<K, string> {
  const options = Object.fromEntries(Object.keys(defaults).map((key) => [key, { type: "string" as const }]));
  const { values } = parseArgs({ options });
  const all = { ...defaults, ...values } as Record<K, string | undefined>;
  for (const key of Object.keys(all) as K[]) if (all[key] === undefined) throw new Error(`give --${key}`);
  return all as Record<K, string>;
}
