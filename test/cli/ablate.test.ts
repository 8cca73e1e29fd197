import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { AblationResult, VariantResult } from "../../src/index.ts";
import { chartTexts, marks, parsePage, textOf } from "../report/parse.ts";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

let folder: string;
let file: string;
let output: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  file = join(folder, "study.yaml");
  output = join(folder, "runs");
  const data = join(folder, "news");
  const model = join(folder, "model");
  await writeTinyModel(model);
  await mkdir(data);
  for (const [split, rows] of [
    ["train", 240],
    ["test", 120],
  ] as const) {
    await writeNews(join(folder, `${split}.csv`), rows);
    const [header, ...lines] = (await readFile(join(folder, `${split}.csv`), "utf8")).trim().split("\n");
    const sorted = lines.sort((a, b) => (a.split(",")[1]! < b.split(",")[1]! ? -1 : 1));
    await writeFile(join(data, `${split}.csv`), [header, ...sorted, ""].join("\n"));
  }
  await writeFile(
    file,
    [
      "title: A small study",
      "base:",
      `  dataset: ${data}`,
      `  model: ${model}`,
      `  featureCache: ${join(folder, "features")}`,
      "  labels: [money, sport]",
      ...["  trainRows: 0.4", "  evaluateRows: 0.4", "  epochs: 2", "  learningRate: 1e-2"],
      "variants:",
      ...["  first-slice:", "    question: Without shuffling?", "    shuffle: false"],
      ...["  epochs-8:", "    question: For longer?", "    epochs: 8"],
    ].join("\n"),
  );
});

const ablate = (...args: string[]) => textune("ablate", file, "--output", output, ...args);
const result = async () =>
  JSON.parse(await readFile(join(output, "ablation.json"), "utf8")) as AblationResult;
const modified = async (variant: string) => (await stat(join(output, variant, "metrics.json"))).mtimeMs;

describe("ablate", () => {
  test("trains every variant and shows the trap beside the perfect score", async () => {
    const { code, stdout, stderr } = await ablate();
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const row = stdout.split("\n").find((line) => line.startsWith("first-slice"))!;
    expect(row).toMatch(/100\.0% +100\.0% .*one class/);
    expect(stdout).toContain("test has 48 rows, all labelled “money”");
    expect(stdout).toContain("Not to be compared with the base on test: they were evaluated on different");
    expect(stdout).toContain(`report  ${join(output, "ablation.html")}`);

    const { title, variants } = await result();
    expect(title).toBe("A small study");
    const [base, slice, longer] = variants as [VariantResult, VariantResult, VariantResult];
    expect(base.changes).toEqual([]);
    expect(slice.changes).toEqual([{ key: "shuffle", values: [true, false] }]);
    expect(slice.record.evaluations[0]!.report.accuracy).toBe(1);
    const codes = slice.record.findings.map(({ code }) => code);
    expect(codes.filter((code) => code === "one-class-split")).toHaveLength(2);
    expect(base.record.findings.map(({ code }) => code)).not.toContain("one-class-split");
    expect(longer.changes).toEqual([{ key: "epochs", values: [2, 8] }]);
    expect(longer.record.timing.epochs).toHaveLength(8);
    const [{ split, pair }] = longer.againstBase as [(typeof longer.againstBase)[number]];
    expect([split, pair.paired]).toEqual(["test", true]);
    // The rows are the base's: their features were not computed again.
    expect(longer.record.timing.encoding).toBeUndefined();
  });

  test("draws them in one figure and one page", async () => {
    const svg = await readFile(join(output, "ablation-test.svg"), "utf8");
    const texts = chartTexts(svg);
    for (const text of ["base", "first-slice", "epochs-8", "100.0%", "one class split"]) {
      expect(texts).toContain(text);
    }
    const dots = marks(svg, "symbol");
    expect(dots).toHaveLength(3);
    const hollow = dots.map((dot) => dot.attrs.find(({ name }) => name === "fill")!.value === "#ffffff");
    expect(hollow).toEqual([false, true, false]);

    const page = parsePage(await readFile(join(output, "ablation.html"), "utf8"));
    expect(page.errors).toEqual([]);
    const links = page.elements.filter(({ tagName }) => tagName === "a").map((a) => a.attrs[0]!.value);
    expect(links).toContain("first-slice/report.html");
    const warnings = page.elements.find(({ attrs }) => attrs.some(({ value }) => value === "warnings"))!;
    expect(textOf(warnings)).toContain("test has 48 rows, all labelled “money”");
  });

  test("takes finished variants as they are and trains what is missing", async () => {
    const before = [await modified("base"), await modified("first-slice")];
    await rm(join(output, "epochs-8"), { recursive: true });
    const { code, stdout } = await ablate("--json");
    expect(code).toBe(0);
    const { report, ...printed } = JSON.parse(stdout) as { report: string } & AblationResult;
    expect(report).toBe(join(output, "ablation.html"));
    expect(printed).toEqual(await result());
    expect([await modified("base"), await modified("first-slice")]).toEqual(before);
    expect(printed.variants.map(({ record }) => record.timing.epochs.length)).toEqual([2, 2, 8]);
  });

  test("goes on with a variant that was stopped", async () => {
    await rm(join(output, "base", "metrics.json"));
    const { code, stdout } = await ablate();
    expect(code).toBe(0);
    expect(stdout).toContain("base (goes on where it was stopped)\n  The recipe as it is.\n");
    expect(stdout).toContain("first-slice (finished before)\n  Without shuffling?\n");
  });

  test("refuses runs of another recipe unless they may be replaced", async () => {
    const before = await modified("first-slice");
    const refused = await ablate("--epochs", "3");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: .*base holds a run of another recipe \(epochs was 2 and is 3\)/);
    expect(await modified("first-slice")).toBe(before);
    expect((await ablate("--epochs", "3", "--overwrite")).code).toBe(0);
    const { variants } = await result();
    expect(variants.map(({ record }) => record.timing.epochs.length)).toEqual([3, 3, 8]);
  });
});
