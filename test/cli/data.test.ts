import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { fixture } from "../profiling/fixtures.ts";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

let folder: string;
let news: string;
let model: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  news = join(folder, "news.csv");
  model = join(folder, "model");
  await writeNews(news, 300);
  await writeTinyModel(model);
});

describe("textune data", () => {
  test("prints classes, lengths with the model's limit, samples and findings", async () => {
    const { code, stdout, stderr } = await textune("data", fixture("reviews"), "--model", model);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    for (const text of [
      "train: 168 rows",
      "test: 60 rows",
      "1 row without a label",
      `Tokens per row (${model})`,
      "limit",
      "Between the splits",
      "test shares 4 of its 60 rows (6.7%) with train",
      "texts with different labels",
    ]) {
      expect(stdout).toContain(text);
    }
    // Every kind of row is there to be read.
    expect(stdout).toMatch(/no label\n {2}row 31 /);
  });

  test("prints JSON alone", async () => {
    const { code, stdout } = await textune("data", news, "--model", model, "--json");
    expect(code).toBe(0);
    const { splits, findings } = JSON.parse(stdout);
    expect(splits[0]).toMatchObject({
      rows: 300,
      labels: { names: ["money", "sport"], counts: [150, 150] },
      tokens: { limit: 16, truncatedRows: 0, unknownTokens: 0 },
    });
    expect(findings.every(({ why, advice }: { why: string; advice: string }) => why && advice)).toBe(true);
  });

  test("writes the page and the charts", async () => {
    const output = join(folder, "report");
    const { code, stdout } = await textune("data", news, "--output", output);
    expect(code).toBe(0);
    expect(stdout).toContain(`wrote ${join(output, "data.html")}`);
    expect(await readFile(join(output, "data.html"), "utf8")).toContain("Classes of train");
    await access(join(output, "train-lengths.png"));
  });

  test("sees the study's trap, and --strict makes it an error", async () => {
    const sorted = join(folder, "sorted.csv");
    const rows = Array.from(
      { length: 400 },
      (_, i) => `review number ${i} of many,${i < 200 ? "neg" : "pos"}\n`,
    );
    await writeFile(sorted, `text,label\n${rows.join("")}`);
    const sliced = await textune("data", sorted, "--split", "train[:5%]");
    expect(sliced.code).toBe(0);
    expect(sliced.stdout).toContain("all labelled “neg”: a slice of 400 rows that are");
    const strict = await textune("data", sorted, "--split", "train[:5%]", "--strict");
    expect(strict.code).toBe(1);
    expect(strict.stderr).toBe("error: 1 warning (--strict): one-class-split\n");
    const whole = await textune("data", sorted, "--strict");
    expect(whole.code).toBe(0);
    expect(whole.stdout).toContain("sorted by class");
  });

  test.each([
    [["--split", "dev"], 'has no split "dev"'],
    [["--text-columns", "body"], 'has no column "body"'],
    [["--label-column", "stars"], 'has no column "stars"'],
    [["--truncation", "12"], "--truncation counts tokens; name the model whose tokens with --model"],
    [["--model", "/no/such/model"], "there is no model folder /no/such/model"],
    [["--samples", "many"], "It is not a whole number."],
  ])("%j is refused with one line", async (flags, message) => {
    const { code, stdout, stderr } = await textune("data", news, ...flags);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr.startsWith("error: ")).toBe(true);
  });
});
