import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../files.ts";

/** Size and SHA-256 of every other file of a checkpoint. */
interface Manifest {
  files: Record<string, { bytes: number; sha256: string }>;
}

const manifestFile = "manifest.json";

/** Writes `manifest.json` over all files of a folder: the last one written, so that its presence says they are whole. */
export async function writeManifest(folder: string): Promise<void> {
  const manifest: Manifest = { files: {} };
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    manifest.files[name] = { bytes: (await stat(path)).size, sha256: await sha256(path) };
  }
  await writeFileAtomic(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** What is wrong with a folder's files, in a few words; undefined where all are as they were written. */
export async function findDamage(folder: string): Promise<string | undefined> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await readFile(join(folder, manifestFile), "utf8")) as Manifest;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT"
      ? `it has no ${manifestFile}`
      : `its ${manifestFile} can't be read`;
  }
  if (typeof manifest?.files !== "object") return `its ${manifestFile} can't be read`;
  for (const [name, { bytes, sha256: expected }] of Object.entries(manifest.files)) {
    const path = join(folder, name);
    const size = await stat(path).then(
      (stats) => stats.size,
      () => undefined,
    );
    if (size === undefined) return `${name} is missing`;
    if (size !== bytes) return `${name} has ${size} of ${bytes} bytes`;
    if ((await sha256(path)) !== expected) return `${name} has changed`;
  }
  return undefined;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest("hex");
}
