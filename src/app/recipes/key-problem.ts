import type { z } from "zod";

/** What a kind of value is called in "give …". */
const kinds: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
};

/** What is wrong with one key of a recipe or a file like it, and what it takes: `epochs: give a number above 0`. */
export function keyProblem(issue: z.core.$ZodIssue): string {
  return `${issue.path.join(".")}: ${advice(issue)}`;
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
