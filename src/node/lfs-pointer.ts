import { open } from "node:fs/promises";

const LONGEST = 1024;

/**
 * The size in bytes of the file that a git-LFS pointer stands for: a clone made without git-lfs has such pointers, of
 * a few lines of text, in place of its large files. Undefined where the file is none.
 */
export async function lfsPointerSize(path: string): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(LONGEST + 1), 0, LONGEST + 1, 0);
    const text = buffer.toString("latin1", 0, bytesRead);
    if (bytesRead > LONGEST || !/^version https:\/\/git-lfs\.github\.com\/spec\/v\d+\r?\n/.test(text)) {
      return undefined;
    }
    return Number(/^size (\d+)\r?$/m.exec(text)?.[1] ?? Number.NaN);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** What to say of a file that is a pointer; undefined where it is none. */
export async function lfsPointerProblem(path: string): Promise<string | undefined> {
  const size = await lfsPointerSize(path);
  if (size === undefined) return undefined;
  const megabytes = Number.isNaN(size) ? "" : ` of ${(size / 1e6).toFixed(1)} MB`;
  return `${path} is a git-LFS pointer, not the file${megabytes} itself; run git lfs pull in its folder, or download the file`;
}
