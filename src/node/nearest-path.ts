import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { nearestName } from "../core/data/nearest-name.ts";

/** Paths of everything that lies beside a path, each written as the path is: `./x` for `./y`. */
export async function siblings(path: string): Promise<string[]> {
  const start = path.slice(0, path.length - basename(path).length);
  const names = await readdir(dirname(path)).catch((): string[] => []);
  return names.filter((name) => !name.startsWith(".")).map((name) => `${start}${name}`);
}

/** A tail for "there is no …" messages: `; did you mean "runs/ag-news"?`, else nothing. */
export async function suggestPath(path: string): Promise<string> {
  const names = (await siblings(path)).map((sibling) => basename(sibling));
  const nearest = nearestName(basename(path), names);
  if (nearest === undefined) return "";
  return `; did you mean "${path.slice(0, path.length - basename(path).length)}${nearest}"?`;
}

/**
 * Runs what asks the hub for a name that is no path here. Where that fails, and a path like it is here, the error's
 * message says so: a slip in a path is a name to the hub.
 */
export async function withNearPath<T>(name: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const near = await suggestPath(name);
    if (error instanceof Error && near !== "" && !error.message.includes("did you mean"))
      error.message += near;
    throw error;
  }
}
