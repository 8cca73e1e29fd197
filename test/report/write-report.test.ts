import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeReport } from "../../src/app/report/write-report.ts";
import { OutputError } from "../../src/core/errors.ts";
import { decodePng } from "./parse.ts";
import { agNews, shortRun } from "./sample-record.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "textune-report-"));
});
afterEach(() => rm(folder, { recursive: true }));

const filesIn = async (path: string) =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .sort();

it("writes the report, its figures and the model card, and leaves nothing else", async () => {
  const record = agNews();
  record.evaluations[0]!.split = "test[:5%]";
  const written = await writeReport(record, folder);
  const expected = [
    "confusion-test-5-.png",
    "confusion-test-5-.svg",
    "history.png",
    "history.svg",
    "model/README.md",
    "report.html",
  ];
  expect(await filesIn(folder)).toEqual(expected);
  expect(written.map((path) => relative(folder, path)).sort()).toEqual(expected);
  expect(decodePng(await readFile(join(folder, "history.png"))).width).toBeGreaterThan(1500);
  expect(await readFile(join(folder, "history.svg"), "utf8")).toMatch(/^<svg /);
  expect(await readFile(join(folder, "report.html"), "utf8")).toContain(join(folder, "model"));
});

it("says what can't be written", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(writeReport(shortRun(), join(folder, "file"))).rejects.toThrow(OutputError);
});
