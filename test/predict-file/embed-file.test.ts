import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { embedFile } from "../../src/app/predict-file/embed-file.ts";
import { npyHeader } from "../../src/app/predict-file/npy.ts";
import { temporaryFolder, tinyClassifier, topicRows } from "../classifier/tiny.ts";
import { textune } from "../cli/workspace.ts";

const classifier = tinyClassifier();

/** Reads a NumPy file as its format's documentation describes it. */
function readNpy(path: string): { shape: number[]; values: Float32Array } {
  const bytes = readFileSync(path);
  expect(bytes.toString("latin1", 0, 8)).toBe("\x93NUMPY\x01\x00");
  const end = 10 + bytes.readUInt16LE(8);
  expect(end % 64).toBe(0);
  const header = bytes.toString("latin1", 10, end);
  expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(\d+, \d+\), \} *\n$/);
  const shape = /\((\d+), (\d+)\)/.exec(header)!.slice(1).map(Number);
  return { shape, values: new Float32Array(new Uint8Array(bytes.subarray(end)).buffer) };
}

test("row i of the array is what embed gives for row i, NaN where there is no text", async () => {
  const folder = temporaryFolder();
  const input = join(folder, "in.csv");
  const texts = topicRows(40, 3).map(({ text }, i) => (i % 9 === 4 ? "" : text));
  writeFileSync(input, `text\n${texts.map((text) => `"${text}"\n`).join("")}`);
  const output = join(folder, "out.npy");
  await embedFile(classifier, input, output, { windowRows: 16 });
  const { shape, values } = readNpy(output);
  expect(shape).toEqual([40, 32]);
  for (const [i, text] of texts.entries()) {
    const row = [...values.subarray(i * 32, (i + 1) * 32)];
    if (text === "") expect(row.every(Number.isNaN)).toBe(true);
    else
      for (const [j, value] of (await classifier.embed(text)).entries()) expect(row[j]).toBeCloseTo(value, 5);
  }

  const killed = join(folder, "killed.npy");
  const controller = new AbortController();
  const stopped = embedFile(classifier, input, killed, {
    ...{ windowRows: 16, signal: controller.signal },
    onProgress: ({ done }) => done >= 16 && controller.abort(),
  });
  await expect(stopped).rejects.toThrow("stopped");
  expect(existsSync(killed)).toBe(false);
  const { resumedAt } = await embedFile(classifier, input, killed, { windowRows: 16, resume: true });
  expect(resumedAt).toBeGreaterThan(0);
  expect(readFileSync(killed).equals(readFileSync(output))).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(["in.csv", "killed.npy", "out.npy"]);
});

test("the header is as long for any number of rows", () => {
  for (const rows of [0, 1, 1_000_000_000_000]) expect(npyHeader(rows, 4096)).toHaveLength(128);
});

test("textune embed writes it, and refuses another format in one line", async () => {
  const folder = temporaryFolder();
  await classifier.save(join(folder, "model"));
  writeFileSync(join(folder, "in.jsonl"), '{"text": "goal"}\n{"text": ""}\n');
  const embed = (output: string) =>
    textune(
      "embed",
      join(folder, "model"),
      "--input",
      join(folder, "in.jsonl"),
      "--output",
      join(folder, output),
    );
  expect(await embed("out.npy")).toMatchObject({
    code: 0,
    stdout: `wrote 2 rows to ${join(folder, "out.npy")}; 1 row without a text, as NaN\n`,
  });
  expect(readNpy(join(folder, "out.npy")).shape).toEqual([2, 32]);
  expect(await embed("out.csv")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*whose name ends in \.npy\n$/),
  });
});
