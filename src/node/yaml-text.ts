import { parse } from "yaml";

/** YAML that can't be read, in one line. */
export class YamlProblem extends Error {}

/**
 * Reads YAML, of no more than a length that takes no time to speak of.
 *
 * @param options.longest Bytes at most, roughly.
 * @param options.uniqueKeys Whether a key that is given twice is refused, which takes time that grows with their square.
 * @throws YamlProblem
 */
export function parseYamlText(
  text: string,
  { longest, uniqueKeys }: { longest: number; uniqueKeys: boolean },
): unknown {
  if (text.length > longest) {
    throw new YamlProblem(`it has ${text.length} characters, and at most ${longest} are read`);
  }
  try {
    return parse(text, { uniqueKeys, logLevel: "error" }) as unknown;
  } catch (cause) {
    throw new YamlProblem(problem(cause as Error), { cause });
  }
}

function problem({ message }: Error): string {
  const place = / at line (\d+)/.exec(message);
  const where = place === null ? "" : ` at line ${place[1]}`;
  if (/call stack/.test(message)) return `it is nested too deeply${where}`;
  if (/alias count/.test(message)) return "it repeats its own parts too often (*aliases)";
  const [line = ""] = message.split("\n");
  const words = line.replace(/:$/, "").replaceAll(/\s+/g, " ");
  return words.length > 200 ? `${words.slice(0, 200)}…${where}` : words;
}
