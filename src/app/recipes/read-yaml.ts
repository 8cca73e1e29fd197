import { readFile } from "node:fs/promises";
import { ConfigError } from "../../core/errors.ts";
import { suggestPath } from "../../node/nearest-path.ts";
import { parseYamlText, YamlProblem } from "../../node/yaml-text.ts";

/** Characters of a recipe at most: far more than any has. */
const LONGEST = 100_000;

/**
 * Reads a YAML file of keys and values.
 *
 * @param expected What the file should be, for the message where it is something else: `a recipe: it needs …`
 * @throws ConfigError naming the file.
 */
export async function readYaml(path: string, expected: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message =
      code === "ENOENT"
        ? `there is no file ${path}${await suggestPath(path)}`
        : `can't read the recipe ${path}: ${code}`;
    throw new ConfigError(message, { cause });
  }
  try {
    const value: unknown = parseYamlText(text, { longest: LONGEST, uniqueKeys: true });
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (cause) {
    if (!(cause instanceof YamlProblem)) throw cause;
    throw new ConfigError(`${path} is not valid YAML: ${cause.message}`, { cause });
  }
  throw new ConfigError(`${path} is not ${expected}`);
}
