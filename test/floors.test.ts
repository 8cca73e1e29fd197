import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("../src", import.meta.url));

/** From the lowest up: a floor imports from itself and from those below. `web` and `node` stand side by side. */
const below: Record<string, string[]> = {
  core: ["core"],
  node: ["core", "node"],
  web: ["core", "web"],
  app: ["core", "node", "app"],
};

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);

test("no file imports from a floor above its own", () => {
  const upwards = files.flatMap((file) => {
    const allowed = below[file.split("/")[0]!];
    if (!allowed) return [];
    const text = readFileSync(join(source, file), "utf8");
    return [...text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)]
      .map((match) => relative(source, join(source, dirname(file), match[1]!)))
      .filter((target) => !allowed.includes(target.split("/")[0]!))
      .map((target) => `${file} → ${target}`);
  });
  expect(files.length).toBeGreaterThan(100);
  expect(upwards).toEqual([]);
});
