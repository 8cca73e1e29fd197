import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

/** Rows whose label is the other one than their words say. */
const wrong = [77, 131, 200];
let folder: string;
let run: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const data = join(folder, "news");
  await mkdir(data);
  await writeNews(join(data, "test.csv"), 20);
  await writeNews(join(data, "train.csv"), 400);
  const [header, ...lines] = (await readFile(join(data, "train.csv"), "utf8")).trimEnd().split("\n");
  const relabelled = lines.map((line, i) =>
    wrong.includes(i)
      ? line.replace(/sport$|money$/, (label) => (label === "sport" ? "money" : "sport"))
      : line,
  );
  await writeFile(join(data, "train.csv"), `${[header, ...relabelled].join("\n")}\n`);
  await writeTinyModel(join(folder, "model"));
  run = join(folder, "run");
  const { code } = await textune(
    ...["train", "--dataset", data, "--model", join(folder, "model"), "--output", run, "--pooling", "mean"],
    ...["--epochs", "40", "--batch-size", "16", "--learning-rate", "0.02", "--feature-cache", "false"],
  );
  expect(code).toBe(0);
});

describe("textune data suspects", () => {
  test("lists the rows with wrong labels and writes them as CSV", async () => {
    const output = join(folder, "relabel", "suspects.csv");
    const { code, stdout, stderr } = await textune("data", "suspects", run, "--output", output);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/likely label errors? in 400 rows/);
    expect(stdout).toMatch(/^row +given +likely +confidence +text$/m);
    expect(stdout).toContain(`wrote ${output}`);
    const written: Record<string, string>[] = parse(await readFile(output), { columns: true });
    expect(written.map(({ row }) => Number(row))).toEqual(expect.arrayContaining(wrong));
    for (const { row, given, suggested } of written.filter(({ row }) => wrong.includes(Number(row)))) {
      // Every other row of the file is about sport, beginning with the first.
      expect([given, suggested]).toEqual(Number(row) % 2 === 0 ? ["money", "sport"] : ["sport", "money"]);
    }
    expect(await readdir(join(folder, "relabel"))).toEqual(["suspects.csv"]);
  });

  test("prints JSON alone, the likeliest only", async () => {
    const { code, stdout } = await textune("data", "suspects", run, "--json", "--top", "2", "--folds", "4");
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ run: "news", rows: 400, folds: 4, labels: ["money", "sport"] });
    expect(report.suspects).toHaveLength(2);
    for (const { row } of report.suspects) expect(wrong).toContain(row);
  });

  test("a dataset called suspects is found by its path", async () => {
    const data = join(folder, "suspects");
    await mkdir(data, { recursive: true });
    await writeNews(join(data, "train.csv"), 30);
    const { code, stdout } = await textune("data", `${folder}/suspects`, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).splits[0].rows).toBe(30);
  });

  test.each([
    [[], "missing required argument 'run'"],
    [["/no/such/run"], "error: there is no run folder /no/such/run\n"],
    [["/no/such/run", "--top", "0"], "It is not a whole number from 1."],
    [["/no/such/run", "--split", "train"], "unknown option '--split'"],
  ])("%j is refused with one line", async (args, message) => {
    const { code, stdout, stderr } = await textune("data", "suspects", ...args);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
  });

  test("an unwritable file is named, and nothing is left", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const { code, stderr } = await textune("data", "suspects", run, "--output", join(file, "suspects.csv"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: can't write .*suspects\.csv: .*\n$/);
    await expect(access(join(file, "suspects.csv"))).rejects.toThrow();
  });
});
