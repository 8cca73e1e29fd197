/**
 * The other side of hub_double.py: `serve` runs the hub's test double and takes commands, one a line, on its standard
 * input; `load TYPE NAME` has textune download a repository (or read it from the cache), and prints its files' hashes.
 */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { openRepo } from "../../src/node/hub/repo.ts";
import { startHubDouble } from "../hub/hub-double.ts";
import { type ServedRepo, sha256 } from "../hub/served-repo.ts";

const weights = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const model = {
  "config.json": '{"model_type": "bert"}',
  "model.safetensors": weights,
  "nested/a b:c|d.txt": "odd name",
  empty: "",
};
const many = Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [`part ${i}.txt`, String(i)]));
const repos: ServedRepo[] = [
  {
    type: "model",
    name: "some/model",
    revisions: { main: model, "refs/pr/4": { ...model, "config.json": "{}" } },
    large: ["model.safetensors"],
  },
  { type: "model", name: "old-name", revisions: {}, movedTo: "some/model" },
  { type: "dataset", name: "some/many", revisions: { main: many } },
  { type: "model", name: "me/private", revisions: { main: model }, privateFor: "mine" },
  { type: "dataset", name: "gated/set", revisions: { main: { "a.csv": "text\n" } }, gatedFor: "granted" },
];

async function serve(): Promise<void> {
  const hub = await startHubDouble(repos, { breakLarge: true, tokens: ["somebody"] });
  process.stdout.write(`${hub.url}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, value] = line.split(" ");
    if (command === "limit") hub.limits.push(Number(value));
    if (command === "log") process.stdout.write(`${JSON.stringify(hub.log.splice(0))}\n`);
  }
  await hub.close();
}

async function load(type: "model" | "dataset", name: string): Promise<void> {
  const repo = await openRepo(type, name);
  const paths = await repo.files(repo.paths);
  const hashes: Record<string, string> = {};
  for (const [i, path] of repo.paths.entries()) hashes[path] = sha256(await readFile(paths[i]!));
  process.stdout.write(`${JSON.stringify({ isWhole: repo.isWhole, hashes })}\n`);
}

const [mode, type, name] = process.argv.slice(2);
if (mode === "serve") await serve();
else await load(type === "dataset" ? "dataset" : "model", name!);
