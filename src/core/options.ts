import { z } from "zod";
import { suggestName } from "./data/nearest-name.ts";
import { ConfigError } from "./errors.ts";

/** What a kind of value is called in "give …". */
const kinds: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
};

/**
 * Checks options, a recipe or a file like it, and fills in the defaults.
 *
 * @param where What they come from, such as the file's name, to begin the message with.
 * @throws ConfigError naming every key at fault, its value and what it takes; an unknown one with the nearest name.
 */
export function parseOptions<Schema extends z.ZodObject>(
  schema: Schema,
  input: unknown,
  where?: string,
): z.output<Schema> {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) =>
    issue.code === "unrecognized_keys" && issue.path.length === 0
      ? unknownKeys(issue.keys, Object.keys(schema.shape))
      : keyProblem(issue),
  );
  throw new ConfigError(`${where === undefined ? "" : `${where}: `}${problems.join("; ")}`);
}

/** What is wrong with keys that nobody reads: `there is no key "epoch"; did you mean "epochs"?` */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `there is no key "${key}"${suggestName(key, known, "keys")}`).join("; ");
}

/** What is wrong with one key, and what it takes: `epochs: -1 can't be used; give a whole number from 1`. */
export function keyProblem(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join(".");
  return `${path}: ${shown(issue.input)}${advice(issue)}`;
}

/** A value as a message shows it; a longer or composed one is left out. */
function shown(value: unknown): string {
  const isPlain = typeof value === "number" || typeof value === "boolean" || typeof value === "string";
  if (!isPlain || String(value).length > 60) return "";
  return `${typeof value === "string" ? JSON.stringify(value) : value} can't be used; `;
}

function advice(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      if (issue.origin === "array") return `give ${issue.minimum} or more`;
      if (issue.origin === "string") return "give a text that is not empty";
      return `give a number ${issue.inclusive ? "from" : "above"} ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "array") return `give ${issue.maximum} at most`;
      return `give a number ${issue.inclusive ? "up to" : "below"} ${issue.maximum}`;
    case "invalid_type":
      return `give ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `give ${issue.values.map(String).join(" or ")}`;
    default:
      return issue.message;
  }
}

/** A whole number from 1. */
export const count = z.int().min(1);
