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

const main = fileURLToPath(new URL("../../src/app/cli/main.ts", import.meta.url));
const ROWS = 60_000;
const HEAP_MB = 68;

interface Shape {
  start: string;
  row: (text: string, label: number) => string;
  between: string;
  end: string;
}

const SHAPES: Record<string, Shape> = {
  csv: { start: "text,label\n", row: (text, label) => `${text},${label}`, between: "\n", end: "\n" },
  json: { start: "[", row: (text, label) => JSON.stringify({ text, label }), between: ",", end: "]" },
};

test.each(Object.keys(SHAPES))("a file larger than the heap is described: %s", async (format) => {
  const { start, row, between, end } = SHAPES[format]!;
  const path = join(folder, `large.${format}`);
  const file = createWriteStream(path);
  file.write(start);
  for (let i = 0; i < ROWS; i++) {
    const text = `row ${i} ${`holds ${i % 977} of many words `.repeat(50)}`;
    if (!file.write(`${i > 0 ? between : ""}${row(text, i % 4)}`)) await once(file, "drain");
  }
  file.write(end);
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
    labels: { names: ["0", "1", "2", "3"], counts: [15_000, 15_000, 15_000, 15_000], missing: 0 },
    duplicates: { exact: 0, normalized: 0 },
  });
  expect(splits[0].texts[0].words.summary.count).toBe(ROWS);
});
