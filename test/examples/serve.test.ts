import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder, tinyClassifier } from "../classifier/tiny.ts";

test.each(["serve-http.ts", "serve-hono.ts"])("examples/%s answers as predict does", async (file) => {
  const folder = temporaryFolder();
  const classifier = tinyClassifier();
  await classifier.save(folder);
  const path = fileURLToPath(new URL(`../../examples/${file}`, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", path, folder, "0"]);
  try {
    let printed = "";
    child.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    while (!/port: \d+/.test(printed)) {
      await Promise.race([
        once(child.stdout, "data"),
        once(child, "exit").then(() => Promise.reject(new Error("ended"))),
      ]);
    }
    const address = `http://127.0.0.1:${/port: (\d+)/.exec(printed)![1]}/predict`;
    const answer = await fetch(address, { method: "POST", body: "the goal was new" });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(await classifier.predict("the goal was new"));
    const refused = await fetch(address, { method: "POST", body: " " });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: expect.stringContaining("is empty") },
    ]);
  } finally {
    child.kill();
  }
});
