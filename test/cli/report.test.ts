import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

let folder: string;
let run: string;

const train = (...args: string[]) =>
  textune(
    ...["train", "--dataset", join(folder, "news.csv"), "--model", join(folder, "model")],
    ...["--epochs", "1", "--feature-cache", "false", ...args],
  );

beforeAll(async () => {
  folder = await temporaryFolder();
  run = join(folder, "run");
  await writeNews(join(folder, "news.csv"), 80);
  await writeTinyModel(join(folder, "model"));
  expect((await train("--output", run)).code).toBe(0);
});

describe("textune report", () => {
  it("writes the same report, figures and card again", async () => {
    const files = ["report.html", "history.svg", "confusion-heldOut.png", join("model", "README.md")];
    const before = await Promise.all(files.map((file) => readFile(join(run, file))));
    for (const file of files) await rm(join(run, file));
    const { code, stdout, stderr } = await textune("report", run);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain(`report  ${join(run, "report.html")}`);
    expect(await Promise.all(files.map((file) => readFile(join(run, file))))).toEqual(before);
  });

  it("prints the record as JSON alone, the page's path alone where it is to be quiet", async () => {
    const { stdout } = await textune("report", run, "--json");
    expect(JSON.parse(stdout)).toEqual(JSON.parse(await readFile(join(run, "metrics.json"), "utf8")));
    expect((await textune("report", run, "--quiet")).stdout).toBe(`${join(run, "report.html")}\n`);
  });

  it("refuses what is no finished run", async () => {
    const { code, stderr } = await textune("report", join(folder, "model"));
    expect(code).toBe(1);
    expect(stderr).toBe(
      `error: ${join(folder, "model")} is not the folder of a run: it has no metrics.json\n`,
    );
  });
});

describe("textune train", () => {
  it("tells the scores and keeps the model where the report can't be written", async () => {
    const blocked = join(folder, "blocked");
    await mkdir(join(blocked, "report.html", "in the way"), { recursive: true });
    const { code, stdout, stderr } = await train("--output", blocked, "--overwrite");
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the report in .* lacks report\.html: .*; what was trained is whole/);
    expect(stdout).toMatch(/\d s in all/);
    expect((await textune("predict", blocked, "goal match")).code).toBe(0);
    await rm(join(blocked, "report.html"), { recursive: true });
    expect((await textune("report", blocked)).code).toBe(0);
  });

  it("prints the run's folder alone where it is to be quiet", async () => {
    const quiet = join(folder, "quiet");
    const { stdout, stderr } = await train("--output", quiet, "--quiet");
    expect(stdout).toBe(`${quiet}\n`);
    expect(stderr).not.toContain("note:");
  });
});
