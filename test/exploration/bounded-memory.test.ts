import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "textune-large-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const ROWS = 100_000;
const HEAP_MB = 96;

test("a file larger than the heap is described", async () => {
  const path = join(folder, "large.csv");
  const file = createWriteStream(path);
  file.write("text,label\n");
  for (let row = 0; row < ROWS; row++) {
    const text = `row ${row} ${`holds ${row % 977} of many words `.repeat(50)}`;
    if (!file.write(`${text},${row % 4}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
  expect(file.bytesWritten).toBeGreaterThan(HEAP_MB * 2 ** 20);

  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", `--max-old-space-size=${HEAP_MB}`, main, "data", path, "--json"],
    { maxBuffer: 1 << 26 },
  );
  const { splits } = JSON.parse(stdout);
  expect(splits[0]).toMatchObject({
    rows: ROWS,
    labels: { names: ["0", "1", "2", "3"], counts: [25_000, 25_000, 25_000, 25_000], missing: 0 },
    duplicates: { exact: 0, normalized: 0 },
  });
  expect(splits[0].texts[0].words.summary.count).toBe(ROWS);
});
