/**
 * Rows a second and latency of `textune serve` against the same model in transformers.js behind the same Fastify, each in
 * a process of its own, one text a request.
 *
 *     npx tsx bench/serve.ts --encoder MINILM
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { exportModel, TextClassifier } from "../src/index.ts";
import { gemmRate, median } from "./measure.ts";

const { values } = parseArgs({
  options: {
    encoder: { type: "string" },
    seconds: { type: "string", default: "2" },
    rounds: { type: "string", default: "3" },
    connections: { type: "string", default: "1,8,64" },
  },
});
if (!values.encoder) throw new Error("--encoder is missing: the folder of a model such as all-MiniLM-L6-v2");

/** Texts of 6 to 60 words, as tickets and headlines have. */
const words = "the order of a new card did not arrive today and nobody at the bank could say why".split(" ");
const texts = Array.from({ length: 64 }, (_, i) =>
  Array.from({ length: 6 + ((i * 7) % 55) }, (_, j) => words[(i * 5 + j * 3) % words.length]).join(" "),
);

const folder = await mkdtemp(join(tmpdir(), "textune-bench-"));
try {
  const model = join(folder, "model");
  const labels = ["one", "two", "three", "four"];
  const classifier = await TextClassifier.fromPretrained(values.encoder, { labels, pooling: "mean" });
  await classifier.save(model);
  await writeFile(join(folder, "texts.txt"), `${texts.join("\n")}\n`);
  const exported = join(folder, "exported");
  await exportModel(model, exported, {
    ...{ dtypes: ["fp32", "q8"], texts: join(folder, "texts.txt"), rows: 64 },
  });
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const servers: Record<string, string[]> = {
    textune: [...[here("../src/app/cli/main.ts"), "serve", model, "--port", "0", "--log-level", "warn"]],
    "transformers.js fp32": [here("serve-transformers-js.ts"), exported, "fp32"],
    "transformers.js q8": [here("serve-transformers-js.ts"), exported, "q8"],
  };
  const gemmBefore = await gemmRate();
  const children = Object.entries(servers).map(([server, args]) => {
    const child = spawn(process.execPath, ["--import", "tsx", ...args]);
    return { server, child, address: addressOf(child) };
  });
  const results = [];
  try {
    for (const connections of values.connections.split(",").map(Number)) {
      const rounds = new Map<string, Load[]>(children.map(({ server }) => [server, []]));
      // In turns, so that what else the machine does falls on all of them; the first round warms up.
      for (let round = 0; round <= Number(values.rounds); round++) {
        for (const { server, address } of children) {
          const measured = await load(`${await address}/predict`, connections, Number(values.seconds));
          if (round > 0) rounds.get(server)!.push(measured);
        }
      }
      for (const [server, loads] of rounds) {
        const middle = (key: keyof Load) => median(loads.map((one) => one[key]));
        results.push({
          ...{ server, connections, rowsPerSecond: middle("rowsPerSecond") },
          ...{
            p50: middle("p50"),
            p99: middle("p99"),
            failed: Math.max(...loads.map(({ failed }) => failed)),
          },
        });
      }
    }
  } finally {
    for (const { child } of children) {
      child.kill();
      if (child.exitCode === null) await once(child, "exit");
    }
  }
  console.log(JSON.stringify({ results, gemmGflops: [gemmBefore, await gemmRate()] }, null, 2));
} finally {
  await rm(folder, { recursive: true, force: true });
}

interface Load {
  rowsPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  failed: number;
}

async function load(url: string, connections: number, duration: number): Promise<Load> {
  const headers = { "content-type": "application/json" };
  const requests = texts.map((inputs) => ({
    ...{ method: "POST" as const, headers, body: JSON.stringify({ inputs }) },
  }));
  const {
    requests: answered,
    latency,
    non2xx,
    errors,
  } = await autocannon({ url, connections, duration, requests });
  return { rowsPerSecond: answered.average, p50: latency.p50, p99: latency.p99, failed: non2xx + errors };
}

/** What a server prints when it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on("data", (chunk) => {
        printed += chunk;
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
        if (address) resolve(address);
      });
    }
    child.once("exit", () => reject(new Error(printed)));
  });
}
