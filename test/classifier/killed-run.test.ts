import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test as it, onTestFinished } from "vitest";
import { TorchGenerator } from "../../src/core/random/torch.ts";
import { tinyClassifier, topicRows } from "./tiny.ts";

const main = fileURLToPath(new URL("../../src/app/cli/main.ts", import.meta.url));

/**
 * A model, data and the command that trains the one on the other for 6 updates an epoch, dropout on, saved every
 * third.
 */
async function workspace(more: Record<string, unknown>, lines: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "textune-test-"));
  await tinyClassifier().save(join(folder, "model"));
  writeFileSync(join(folder, "topics.csv"), `text,label\n${lines.join("\n")}\n`);
  const flags = {
    ...{ dataset: join(folder, "topics.csv"), model: join(folder, "model"), trainable: "all" },
    ...{ "batch-size": 16, "learning-rate": 1e-3, schedule: "linear", "save-steps": 3 },
    ...{ "load-best-model-at-end": true, "best-metric": "loss", ...more },
  };
  const args = Object.entries(flags).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const start = (output: string, ...more: string[]) =>
    spawn(process.execPath, ["--import", "tsx", main, "train", ...args, "--output", output, ...more], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  return { folder, start };
}

type Start = Awaited<ReturnType<typeof workspace>>["start"];

/** Waits for a process. */
async function finished(
  child: ChildProcess,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const [stdout, stderr] = await Promise.all([textOf(child.stdout!), textOf(child.stderr!)]);
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((done) => child.once("exit", done));
  return { code: child.exitCode, stdout, stderr };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const piece of stream) text += String(piece);
  return text;
}

const entries = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

/** Checkpoints that are whole, by the updates done. */
const savedSteps = (checkpoints: string) =>
  entries(checkpoints)
    .flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);

/** Waits until something holds, or the process ends. */
async function until(child: ChildProcess, holds: () => boolean): Promise<void> {
  while (child.exitCode === null && !holds()) await setTimeout(1);
}

const read = (run: string, file: string) => readFileSync(join(run, file));

/** What must not depend on whether a run was killed, to the byte. */
function expectSame(run: string, other: string): void {
  for (const file of ["model/model.safetensors", "model/config.json", "history.jsonl"]) {
    expect(read(run, file).equals(read(other, file)), file).toBe(true);
  }
}

/** Starts a run, kills and resumes it so many times, and lets it end. @returns updates done at each resumption */
async function killAgainAndAgain(start: Start, run: string, times: number): Promise<number[]> {
  const checkpoints = join(run, "checkpoints");
  const draws = new TorchGenerator(3).rand(2 * times + 2);
  let kills = 0;
  const resumedAt: number[] = [];
  for (let round = 0; ; round++) {
    const child = start(run, ...(round === 0 ? [] : ["--resume"]));
    const end = finished(child);
    if (kills < times) {
      const last = savedSteps(checkpoints).at(-1) ?? 0;
      // Once there is a checkpoint, every round goes on from one.
      const further = 3 * Math.max(Number(round === 0), Math.floor(draws[kills]! * 5));
      await until(child, () => (savedSteps(checkpoints).at(-1) ?? 0) >= last + further);
      // Half of them while a checkpoint is being written, the others wherever it happens.
      if (round % 2 === 0)
        await until(child, () => entries(checkpoints).some((name) => name.endsWith(".tmp")));
      else await setTimeout(draws[times + kills]! * 60);
      kills += Number(child.kill("SIGKILL"));
    }
    const { code, stdout, stderr } = await end;
    const step = /going on after step (\d+)/.exec(stdout)?.[1];
    if (step !== undefined) resumedAt.push(Number(step));
    if (code === 0) return resumedAt;
    expect(stderr, `round ${round}`).not.toContain("error");
  }
}

describe("a run that is killed and resumed", () => {
  let folder: string;
  let start: Start;
  /** A run that was not stopped. */
  let whole: string;

  beforeAll(async () => {
    const lines = topicRows(120, 1).map(({ text, label }) => `${text},${label}`);
    ({ folder, start } = await workspace({ epochs: 8 }, lines));
    whole = join(folder, "whole");
    expect((await finished(start(whole))).code).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("passes over a damaged checkpoint and says so; once finished there is nothing to resume", async () => {
    const killed = join(folder, "damaged");
    const child = start(killed);
    const end = finished(child);
    const checkpoints = join(killed, "checkpoints");
    await until(child, () => savedSteps(checkpoints).length === 2);
    child.kill("SIGKILL");
    await end;

    const other = await finished(start(killed, "--resume", "--learning-rate", "0.01"));
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/^error: .*learningRate was 0.001 and is 0.01; .*\n$/m);
    const without = await finished(start(killed));
    expect(without.stderr).toMatch(/^error: .* is not empty; give --resume .*\n$/);

    const [good, last] = savedSteps(checkpoints).slice(-2);
    truncateSync(join(checkpoints, `step-${last}`, "optimizer.safetensors"), 1000);
    const resumed = await finished(start(killed, "--resume"));
    expect(resumed.stderr).toMatch(
      new RegExp(`^warning: .*step-${last} is damaged: optimizer.safetensors has 1000 of`, "m"),
    );
    expect(resumed.stdout).toContain(`going on after step ${good} `);
    expect(resumed.code).toBe(0);
    expectSame(killed, whole);

    const again = await finished(start(killed, "--resume"));
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^error: .* holds a finished run: there is nothing to resume; .*\n$/);
  });

  it("before its first checkpoint begins at the beginning", async () => {
    const resumed = await finished(start(join(folder, "new"), "--resume", "--epochs", "1"));
    expect(resumed.stdout).toContain("no checkpoint to go on from");
    expect(resumed.code).toBe(0);
  });
});

it("a multi-label run that is killed at many moments and resumed ends with the bytes of one that was not", async () => {
  const rows = topicRows(240, 1);
  const lines = rows.flatMap(({ text, label }, i) => {
    const next = rows[i + 1];
    if (i % 2 === 1 || !next) return [];
    return i % 3 === 0 ? `${text},` : `${text} ${next.text},${label}|${next.label}`;
  });
  const { folder, start } = await workspace(
    {
      ...{ epochs: 30, "label-separator": "|", "label-column": "label", "best-metric": "microF1" },
      ...{ "class-weights": "balanced", thresholds: "best", "threshold-split": "heldOut" },
    },
    lines,
  );
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
  expect((await finished(start(whole))).code).toBe(0);
  const updates = JSON.parse(String(read(whole, "metrics.json"))).history.at(-1).step;
  const resumedAt = await killAgainAndAgain(start, killed, 5);
  expect(resumedAt.length).toBeGreaterThanOrEqual(3);
  expect([...resumedAt].sort((a, b) => a - b)).toEqual(resumedAt);
  expect(resumedAt.at(-1)).toBeLessThan(updates);
  expectSame(killed, whole);
  expect(read(killed, "predictions/heldOut.jsonl").equals(read(whole, "predictions/heldOut.jsonl"))).toBe(
    true,
  );
  const names = readdirSync(killed, { recursive: true }).map(String);
  expect(names.filter((name) => name.includes(".tmp"))).toEqual([]);
  expect(names.sort()).toEqual(readdirSync(whole, { recursive: true }).map(String).sort());
  expect(JSON.parse(String(read(whole, "model/config.json"))).textune.thresholds).toHaveLength(3);
});
