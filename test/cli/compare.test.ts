import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const data = join(folder, "news.csv");
  const model = join(folder, "model");
  await writeNews(data, 240);
  await writeTinyModel(model);
  const flags = ["--dataset", data, "--model", model, "--trainable", "all", "--batch-size", "16"];
  for (const [name, epochs] of [
    ["long", "6"],
    ["short", "1"],
  ] as const) {
    const output = ["--output", join(folder, name), "--learning-rate", "5e-3"];
    expect((await textune("train", ...flags, ...output, "--epochs", epochs)).code).toBe(0);
  }
});

describe("compare", () => {
  it("prints the runs side by side and writes the report", async () => {
    const output = join(folder, "comparison");
    const { code, stdout, stderr } = await textune(
      "compare",
      join(folder, "long"),
      join(folder, "short"),
      "--output",
      output,
    );
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +long +short\n/);
    expect(stdout).toContain("McNemar's exact test");
    expect(stdout).toContain(`report  ${join(output, "comparison.html")}`);
    await access(join(output, "comparison.html"));
  });

  it("prints the comparison as JSON alone", async () => {
    const output = join(folder, "json");
    const runs = [join(folder, "long"), join(folder, "short")];
    const { stdout } = await textune("compare", ...runs, "--output", output, "--json");
    const { report, ...comparison } = JSON.parse(stdout) as { report: string };
    expect(report).toBe(join(output, "comparison.html"));
    expect(comparison).toEqual(JSON.parse(await readFile(join(output, "comparison.json"), "utf8")));
  });

  it("fails with one line", async () => {
    const { code, stdout, stderr } = await textune("compare", join(folder, "long"), join(folder, "model"));
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toBe(
      `error: ${join(folder, "model")} is not the folder of a run: it has no metrics.json\n`,
    );
  });
});
