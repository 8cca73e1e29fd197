import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readText } from "../../src/core/data/formats/text.ts";
import { fileOnDisk } from "../../src/node/data/file-on-disk.ts";
import { folderWith } from "./folder.ts";

test("a file that went away since it was found is an error like any other", () => {
  const module = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url));
  // In a process of its own, which an error that nobody listens to would end.
  const script = `
    import { setTimeout } from "node:timers/promises";
    import { readText } from ${module("core/data/formats/text.ts")};
    import { fileOnDisk } from ${module("node/data/file-on-disk.ts")};
    for (const name of ["gone.csv", "gone.csv.gz"]) {
      await readText(fileOnDisk(name)).next().catch(({ message }) => console.log(message));
      await setTimeout(50);
    }`;
  const child = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], {
    encoding: "utf8",
  });
  expect(child.stdout).toBe("there is no file gone.csv\nthere is no file gone.csv.gz\n");
  expect(child.status).toBe(0);
});

test("a character that straddles two blocks stays whole", async () => {
  // Blocks are of 2¹⁸ bytes: after an odd byte every third character of three bytes would be cut.
  const text = `a${"€".repeat(200_000)}`;
  const path = join(folderWith({ "long.txt": text }), "long.txt");
  const blocks: string[] = [];
  for await (const block of readText(fileOnDisk(path))) blocks.push(block);
  expect(blocks.length).toBeGreaterThan(1);
  expect(blocks.join("")).toBe(text);
});
