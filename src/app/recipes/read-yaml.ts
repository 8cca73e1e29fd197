import { readFile } from "node:fs/promises";
import { parse as parseYaml, YAMLParseError } from "yaml";
import { ConfigError } from "../../core/errors.ts";

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
    throw new ConfigError(`can't read the recipe ${path}: ${(cause as NodeJS.ErrnoException).code}`, {
      cause,
    });
  }
  try {
    const value: unknown = parseYaml(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw new ConfigError(`${path} is not valid YAML: ${cause.message.split("\n")[0]}`, { cause });
  }
  throw new ConfigError(`${path} is not ${expected}`);
}
