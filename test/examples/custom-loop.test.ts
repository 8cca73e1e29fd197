import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { customLoop } from "../../examples/custom-loop.ts";

test("a loop of one's own trains as 40 lines say, and the classifier answers by what it left", async () => {
  const { losses, classifier } = await customLoop();
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 4);
  expect(await classifier.predict("when is the train ready")).toMatchObject({ label: "question" });
  expect(await classifier.predict("dinner is late")).toMatchObject({ label: "statement" });
  const code = readFileSync(new URL("../../examples/custom-loop.ts", import.meta.url), "utf8");
  const body = code.slice(code.indexOf("export async function"), code.indexOf("\nif (import.meta"));
  expect(body.trim().split("\n").length).toBeLessThanOrEqual(48);
});
