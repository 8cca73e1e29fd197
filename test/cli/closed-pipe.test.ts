import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder, writeNews, writeTinyModel } from "./workspace.ts";

const main = fileURLToPath(new URL("../../src/app/cli/main.ts", import.meta.url));
let folder: string;
let model: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  model = join(folder, "model");
  await writeTinyModel(model);
  await writeNews(join(folder, "news.csv"), 60);
});

const start = (...args: string[]) => spawn(process.execPath, ["--import", "tsx", main, ...args]);

async function end(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, "close");
  return code;
}

test("output that nobody reads to its end is no error", async () => {
  const child = start("train", "--help");
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  expect({ code: await end(child), stderr }).toEqual({ code: 0, stderr: "" });
});

test("a training that nobody watches any more goes on", async () => {
  const output = join(folder, "run");
  const child = start(
    ...["train", "--dataset", join(folder, "news.csv"), "--model", model, "--head", "linear"],
    ...["--epochs", "3", "--feature-cache", "false", "--output", output],
  );
  child.stdout.destroy();
  child.stderr.destroy();
  expect(await end(child)).toBe(0);
  expect(existsSync(join(output, "report.html"))).toBe(true);
});

test("predictions that nobody reads any more are not made", async () => {
  const child = start("predict", model);
  // Lines without end, as `yes` writes them.
  const feed = () => {
    while (child.stdin.write("stocks fall\n".repeat(500)));
  };
  child.stdin.on("error", () => {}).on("drain", feed);
  feed();
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await end(child)).toBe(0);
});
