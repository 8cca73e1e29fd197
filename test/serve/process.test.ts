import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder, textune, writeTinyModel } from "../cli/workspace.ts";

const main = fileURLToPath(new URL("../../src/app/cli/main.ts", import.meta.url));
let model: string;

beforeAll(async () => {
  model = join(await temporaryFolder(), "model");
  await writeTinyModel(model);
});

/** The status of one request on a connection of its own; undefined where there was no connection. */
function post(address: string, body: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request(
      `${address}/predict`,
      { method: "POST", agent: false, headers: { "content-type": "application/json" } },
      (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          const answer = JSON.parse(text);
          resolve(response.statusCode === 200 && answer[0].length !== 2 ? 0 : response.statusCode);
        });
      },
    );
    sent.on("error", () => resolve(undefined));
    sent.end(body);
  });
}

test("stopped by SIGTERM under load, the server answers all that it took and ends well", async () => {
  const child = spawn(process.execPath, [
    "--import",
    "tsx",
    main,
    "serve",
    model,
    "--port",
    "0",
    "--max-wait",
    "20",
  ]);
  const exit = once(child, "exit");
  let log = "";
  child.stdout.on("data", (chunk) => {
    log += chunk;
  });
  const address = await new Promise<string>((resolve, reject) => {
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      const found = /at (http:\S+);/.exec(stderr)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", () => reject(new Error(stderr)));
  });
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:/);

  const statuses: (number | undefined)[] = [];
  let isStopped = false;
  const client = async () => {
    while (!isStopped) {
      const status = await post(address, '{"inputs": "the team says goal"}');
      statuses.push(status);
      if (statuses.length === 40) child.kill("SIGTERM");
      if (status === undefined) isStopped = true;
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  expect((await exit)[0]).toBe(0);

  const answered = statuses.filter((status) => status === 200).length;
  expect(answered).toBeGreaterThanOrEqual(40);
  expect(statuses.filter((status) => status !== 200 && status !== 503 && status !== undefined)).toEqual([]);
  const lines = log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const begun = new Set(lines.flatMap(({ req, reqId }) => (req?.url === "/predict" ? [reqId] : [])));
  const completed = lines.filter(({ res, reqId }) => res?.statusCode === 200 && begun.has(reqId));
  // Every request that the server took has its answer, on both sides.
  expect(completed).toHaveLength(answered);
  expect(lines.filter(({ res, reqId }) => res?.statusCode !== 200 && res && begun.has(reqId))).toEqual([]);
  expect(lines.at(-1)).toMatchObject({ msg: "stopped", answered });
});

test("a port that is in use, and a model that isn't there, are told in one line", async () => {
  const busy = createServer().listen(0, "127.0.0.1");
  await once(busy, "listening");
  const { port } = busy.address() as AddressInfo;
  const inUse = await textune("serve", model, "--port", String(port), "--log-level", "silent");
  busy.close();
  expect(inUse.code).toBe(1);
  expect(inUse.stderr).toBe(
    `error: can't listen on 127.0.0.1:${port}: the port is in use; choose another with --port\n`,
  );
  const unknown = await textune("serve", join(model, "nothing"));
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(/^error: .*\n$/);
});
