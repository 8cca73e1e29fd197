import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { confusionChart } from "../../src/app/report/charts/confusion.ts";
import { fitNames, textWidth } from "../../src/app/report/charts/fonts.ts";
import { renderSvg } from "../../src/app/report/charts/render.ts";
import { ProgressBar } from "../../src/app/report/terminal/progress-bar.ts";
import { formatTable } from "../../src/app/report/terminal/table.ts";
import { cutNames, terminalOf, wrap } from "../../src/app/report/terminal/terminal.ts";
import { chartTexts } from "./parse.ts";

const long = "a category of requests that customers send, number ";
const names = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom(long, `${long.repeat(3)}`, ""),
      fc.stringMatching(/^[a-c]{1,3}$/),
      fc.constantFrom("", long),
    )
    .map((parts) => parts.join("")),
  { minLength: 2, maxLength: 8 },
);

describe("names that are shortened", () => {
  it("fit, and no two look the same", () => {
    fc.assert(
      fc.property(names, (given) => {
        const inChart = fitNames(given, 11, 170);
        expect(new Set(inChart).size).toBe(given.length);
        for (const name of inChart) expect(textWidth(name, 11)).toBeLessThanOrEqual(170);
        const inTerminal = cutNames(given, 16);
        expect(new Set(inTerminal).size).toBe(given.length);
        for (const name of inTerminal) expect(stringWidth(name)).toBeLessThanOrEqual(16);
      }),
      { numRuns: 30, seed: 10 },
    );
  });

  it("keep what they end with in charts and tables", async () => {
    const labels = [`${long}one`, `${long}two`];
    const texts = chartTexts(
      await renderSvg(
        confusionChart({
          title: "C",
          labels,
          confusion: [
            [1, 0],
            [0, 1],
          ],
        }),
      ),
    );
    expect(texts.filter((text) => text.endsWith("one"))).toHaveLength(2);
    const table = formatTable(
      { header: ["Class", "F1"], rows: labels.map((label) => [label, "50.0%"]) },
      terminalOf({ columns: 30 }, {}),
    );
    expect(table).toMatch(/one +50/);
    expect(table).toMatch(/two +50/);
  });

  it("stay as they are where they repeat", () => {
    expect(cutNames(["a", "a", "b"], 5)).toEqual(["a", "a", "b"]);
  });
});

describe("wrap", () => {
  it("parts paths and names that are longer than a line, and loses no sign of them", () => {
    const path = `/home/someone/${"a-folder/".repeat(12)}model.safetensors`;
    for (const columns of [20, 40, 80]) {
      const lines = wrap(`reads ${path} and ends`, terminalOf({ columns }, {}), "  ").split("\n");
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(
        lines
          .map((line) => line.trim())
          .join("")
          .replaceAll(" ", ""),
      ).toBe(`reads${path}andends`);
    }
  });
});

it("a progress bar stays on its line, however long the name", () => {
  for (const columns of [60, 80, 120]) {
    const written: string[] = [];
    const stream = { isTTY: true, columns, write: (text: string) => written.push(text) > 0 };
    const bar = new ProgressBar(stream as unknown as NodeJS.WriteStream);
    const subject = `someone/${"a-long-name-".repeat(20)}/model.safetensors`;
    bar.update({ stage: "download", subject, done: 123_456_789, total: 987_654_321 });
    expect(written).toHaveLength(1);
    expect(stringWidth(stripVTControlCharacters(written[0]!))).toBeLessThan(columns);
    expect(written[0]).toContain("tensors");
  }
});
