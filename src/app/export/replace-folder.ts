import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { OutputError } from "../../core/errors.ts";
import { outputError } from "../../node/files.ts";

/**
 * Makes a folder whole or not at all: `write` fills one beside its place, which takes that place when it is complete.
 *
 * @param options.marker Entry by which a folder is known to be of the kind that may be replaced.
 * @throws OutputError if the folder is in use and may not be replaced, or can't be written.
 */
export async function replaceFolder<T>(
  folder: string,
  { overwrite, marker }: { overwrite: boolean; marker: string },
  write: (place: string) => Promise<T>,
): Promise<T> {
  const target = resolve(folder);
  await checkTarget(folder, target, { overwrite, marker });
  const suffix = randomBytes(4).toString("hex");
  const [place, old] = [`${target}.${suffix}.tmp`, `${target}.${suffix}.old.tmp`];
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(place);
    const result = await write(place);
    await rename(target, old).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    await rename(place, target);
    return result;
  } catch (error) {
    throw outputError(folder, error);
  } finally {
    await rm(place, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

async function checkTarget(
  folder: string,
  target: string,
  { overwrite, marker }: { overwrite: boolean; marker: string },
): Promise<void> {
  const present = await readdir(target).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw outputError(folder, error);
  });
  if (present.length === 0) return;
  const isOurs = present.includes(marker);
  if (isOurs && overwrite) return;
  throw new OutputError(
    isOurs
      ? `${join(folder, marker)} says that there is an export already; give --overwrite, or choose another folder`
      : `${folder} is not empty, and nothing that textune exported; choose another folder`,
  );
}
