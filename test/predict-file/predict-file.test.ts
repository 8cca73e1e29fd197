import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PredictFileOptions, predictFile } from "../../src/app/predict-file/predict-file.ts";
import { Interrupted, type TextClassifier } from "../../src/index.ts";
import { labels, temporaryFolder, tinyClassifier, topicRows } from "../classifier/tiny.ts";
import { textune } from "../cli/workspace.ts";

const classifier = tinyClassifier();
const textOf = (bytes: Buffer, name: string) => String(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);

/** A file of texts in the folder; every seventh row has none. */
function writeTexts(folder: string, rows: number, name = "in.csv"): string {
  const path = join(folder, name);
  const lines = topicRows(rows, 7).map(({ text }, i) => `${i},"${i % 7 === 3 ? " " : text}"`);
  writeFileSync(path, `id,text\n${lines.join("\n")}\n`);
  return path;
}

describe("predictFile", () => {
  test("writes one row for each, in order, with the answers that predict gives", async () => {
    const folder = temporaryFolder();
    const input = writeTexts(folder, 50);
    const output = join(folder, "out.csv");
    expect(await predictFile(classifier, input, output, { windowRows: 16, scores: true })).toEqual({
      ...{ rows: 50, emptyRows: 7, resumedAt: 0 },
    });
    const rows: Record<string, string>[] = parse(readFileSync(output), { columns: true });
    expect(rows.map(({ id }) => Number(id))).toEqual(Array.from({ length: 50 }, (_, i) => i));
    for (const [i, row] of rows.entries()) {
      if (i % 7 === 3) {
        expect([row.predicted, row.probability, row.probability_sport]).toEqual(["", "", ""]);
        continue;
      }
      const { label, score, scores } = await classifier.predict(row.text!);
      expect(row.predicted).toBe(label);
      expect(Number(row.probability)).toBeCloseTo(score, 5);
      for (const name of labels) expect(Number(row[`probability_${name}`])).toBeCloseTo(scores[name]!, 5);
    }
    expect(readdirSync(folder).sort()).toEqual(["in.csv", "out.csv"]);
  });

  test.each(["out.csv", "out.tsv", "out.jsonl", "out.csv.gz", "out.jsonl.gz"])(
    "stopped anywhere and taken up again, %s has the same bytes",
    async (name) => {
      const folder = temporaryFolder();
      const input = writeTexts(folder, 100);
      const whole = join(folder, `whole-${name}`);
      const options: PredictFileOptions = { windowRows: 16 };
      await predictFile(classifier, input, whole, options);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          async (stops, killed) => {
            const output = join(folder, name);
            for (const [i, stop] of stops.entries()) {
              const isStopped = await stoppedAfter(stop, input, output, { ...options, resume: i > 0 });
              if (!isStopped) break;
              // A process that is killed may have written more than it could put down.
              if (killed) appendFileSync(`${output}.partial`, "half a ro");
            }
            if (!existsSync(output)) {
              const { rows } = await predictFile(classifier, input, output, { ...options, resume: true });
              expect(rows).toBe(100);
            }
            expect(readFileSync(output).equals(readFileSync(whole))).toBe(true);
            expect(existsSync(`${output}.partial`) || existsSync(`${output}.partial.json`)).toBe(false);
            await predictFile(classifier, input, output, { ...options, overwrite: true });
            expect(readFileSync(output).equals(readFileSync(whole))).toBe(true);
            rmSync(output);
          },
        ),
        { numRuns: 8 },
      );
    },
  );

  test("what another model, input or setting began is not gone on with", async () => {
    const folder = temporaryFolder();
    const input = writeTexts(folder, 40);
    const output = join(folder, "out.csv");
    const options = { windowRows: 16 };
    expect(await stoppedAfter(1, input, output, options)).toBe(true);
    const again = (changes: PredictFileOptions, model = classifier, from = input) =>
      predictFile(model, from, output, { ...options, ...changes });
    await expect(again({})).rejects.toThrow(/out\.csv\.partial is a part of an earlier call's .*--resume/);
    await expect(again({ resume: true }, tinyClassifier({ seed: 9 }))).rejects.toThrow("with another model;");
    await expect(again({ resume: true, scores: true })).rejects.toThrow("with another settings;");
    await expect(again({ resume: true, textColumns: ["id"] })).rejects.toThrow("another text columns;");
    utimesSync(input, 1, 1);
    await expect(again({ resume: true })).rejects.toThrow("with another input;");
    await expect(again({ overwrite: true })).resolves.toMatchObject({ rows: 40, resumedAt: 0 });
    await expect(again({})).rejects.toThrow("exists already");
    await expect(again({ resume: true })).rejects.toThrow("is finished: there is nothing to resume");
  });

  test("no cell of a table is a formula to a spreadsheet, and numbers stay numbers", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "in.jsonl");
    const cells = ["=1+1", "@SUM(A1)", "-cmd", "+1 (555)", "-1.5", 7, -3, "a=b", null, { a: [1] }];
    writeFileSync(
      input,
      cells.map((note) => `${JSON.stringify({ text: 'goal, "match"', note })}\n`).join(""),
    );
    const output = join(folder, "out.tsv");
    await predictFile(classifier, input, output);
    const rows: Record<string, string>[] = parse(readFileSync(output), { columns: true, delimiter: "\t" });
    expect(rows.map(({ note }) => note)).toEqual([
      ...["'=1+1", "'@SUM(A1)", "'-cmd", "'+1 (555)", "-1.5", "7", "-3", "a=b", "", '{"a":[1]}'],
    ]);
    expect(rows.map(({ text }) => text)).toEqual(cells.map(() => 'goal, "match"'));
  });

  test("JSON Lines keep values and types; classes of a multi-label model are a list", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "in.jsonl.gz");
    const given = [
      { text: "goal", n: 1, list: ["a"], big: 12345678901234567890n },
      { text: "", n: null },
    ];
    const json = given.map((row) =>
      JSON.stringify(row, (_, value) => (typeof value === "bigint" ? "BIG" : value)).replace(
        '"BIG"',
        "12345678901234567890",
      ),
    );
    writeFileSync(input, gzipSync(`${json.join("\n")}\n`));
    const several = tinyClassifier({ task: "multiLabel", thresholds: 0 });
    const output = join(folder, "out.jsonl.gz");
    await predictFile(several, input, output, { scores: true });
    const [first, second] = textOf(readFileSync(output), output).trim().split("\n");
    const { labels: said, score, scores } = await several.predict("goal");
    expect(JSON.parse(first!)).toMatchObject({ text: "goal", n: 1, list: ["a"], predicted: said });
    expect(JSON.parse(first!).probability).toBeCloseTo(score, 5);
    expect(Object.keys(JSON.parse(first!).scores)).toEqual(Object.keys(scores));
    expect(first).toMatch(/"big":"?12345678901234567890/);
    expect(JSON.parse(second!)).toEqual({
      text: "",
      n: null,
      predicted: null,
      probability: null,
      scores: null,
    });
    await predictFile(several, input, join(folder, "out.csv"), { keep: [] });
    const table: string[][] = parse(readFileSync(join(folder, "out.csv")));
    expect(table.map(([cell]) => cell)).toEqual(["predicted", said.join("|"), ""]);
  });

  test.each([
    [{ textColumns: ["body"] }, "out.csv", /body/],
    [{ keep: ["idd"] }, "out.csv", /no column .*idd.* to keep \(columns: /],
    [{}, "out.xlsx", /out\.xlsx can't be written; give a name that ends in \.csv, \.tsv, \.jsonl/],
    [{}, "in.csv", /the same file/],
  ])("%j to %s is refused, and nothing is left", async (options, name, message) => {
    const folder = temporaryFolder();
    const input = writeTexts(folder, 5);
    await expect(predictFile(classifier, input, join(folder, name), options)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(["in.csv"]);
  });

  test("a column that the answer takes is refused; a damaged row leaves nothing", async () => {
    const folder = temporaryFolder();
    const input = join(folder, "in.csv");
    writeFileSync(input, "text,predicted\ngoal,x\n");
    const output = join(folder, "out.csv");
    await expect(predictFile(classifier, input, output)).rejects.toThrow(
      'a column "predicted" already, where the answer goes; keep others: --keep text',
    );
    writeFileSync(input, `text\n${"goal\n".repeat(40)}a,b\n`);
    await expect(predictFile(classifier, input, output, { windowRows: 16 })).rejects.toThrow("line 42");
    expect(readdirSync(folder)).toEqual(["in.csv"]);
  });
});

/** Predicts until so many windows are written. @returns whether it was stopped before its end */
async function stoppedAfter(
  windows: number,
  input: string,
  output: string,
  options: PredictFileOptions,
  model: TextClassifier = classifier,
): Promise<boolean> {
  const controller = new AbortController();
  let written = -1;
  try {
    await predictFile(model, input, output, {
      ...options,
      signal: controller.signal,
      onProgress: () => {
        const saved = existsSync(`${output}.partial.json`)
          ? Number(JSON.parse(readFileSync(`${output}.partial.json`, "utf8")).rows)
          : 0;
        if (written < 0) written = saved;
        if (saved >= written + windows * 16) controller.abort();
      },
    });
    return false;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return true;
  }
}

describe("textune predict --input", () => {
  test("killed and resumed, ends with the bytes of one that was not", async () => {
    const folder = temporaryFolder();
    const model = join(folder, "model");
    await tinyClassifier().save(model);
    const input = writeTexts(folder, 20_000);
    const args = (output: string) => ["predict", model, "--input", input, "--output", join(folder, output)];
    const whole = await textune(...args("whole.csv"));
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(
      /^wrote 20,000 rows to .*; 2,857 rows without a text, with an empty answer\n$/,
    );

    const main = fileURLToPath(new URL("../../src/app/cli/main.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", main, ...args("killed.csv")], {
      stdio: "ignore",
    });
    const end = once(child, "exit");
    const progress = join(folder, "killed.csv.partial.json");
    const rows = () => (existsSync(progress) ? Number(JSON.parse(readFileSync(progress, "utf8")).rows) : 0);
    while (child.exitCode === null && rows() < 8192) await setTimeout(2);
    child.kill("SIGKILL");
    await end;
    expect(existsSync(join(folder, "killed.csv"))).toBe(false);

    const resumed = await textune(...args("killed.csv"), "--resume");
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toMatch(/the first (8,192|16,384) by an earlier call/);
    expect(readFileSync(join(folder, "killed.csv")).equals(readFileSync(join(folder, "whole.csv")))).toBe(
      true,
    );
  });

  test.each([
    [["--output", "x.csv"], "--output goes with --input"],
    [["--text-columns", "a"], "--text-columns goes with --input"],
    [["--input", "x.csv"], "--input goes with --output"],
    [["--input", "x.csv", "--output", "y.csv", "--json"], "--json is for texts"],
    [["some text", "--input", "x.csv", "--output", "y.csv"], "not both"],
  ])("%j is refused", async (flags, message) => {
    const { code, stderr } = await textune("predict", "model", ...flags);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error: .*\n$/);
  });
});
