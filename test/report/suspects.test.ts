import { parse } from "csv-parse/sync";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { suspectsCsv } from "../../src/app/report/suspects-csv.ts";
import { suspectsText } from "../../src/app/report/terminal/suspects.ts";
import { terminalOf } from "../../src/app/report/terminal/terminal.ts";
import type { Suspect, SuspectReport } from "../../src/app/runs/suspects.ts";

const suspect = (row: number, ...texts: string[]): Suspect => ({
  ...{ row, given: "sport", suggested: "money", probabilityGiven: 0.015625, probabilitySuggested: 0.96875 },
  texts,
});

const report = (suspects: Suspect[], changes: Partial<SuspectReport> = {}): SuspectReport => ({
  ...{ run: "news", data: "news.csv", rows: 100, model: "tiny", encoderTrained: false, folds: 5 },
  ...{ accuracy: 0.875, majorityBaseline: 0.5, labels: ["money", "sport"], thresholds: [0.9, 0.8] },
  joint: [
    [40, 0],
    [suspects.length, 40],
  ],
  suspects,
  ...changes,
});

const plain = (width: number) => terminalOf({ columns: width }, { NO_COLOR: "1" });

describe("suspects as CSV", () => {
  const awkward = ['said "sell", then left', "two\r\nlines", " spaces ", "a,b", "Börse 📈", ""];

  test("what is written is what is read", () => {
    const rows: string[][] = parse(suspectsCsv(report(awkward.map((text, i) => suspect(i, text)))));
    expect(rows[0]).toEqual([
      ...["row", "given", "suggested", "probability_given", "probability_suggested", "text"],
    ]);
    expect(rows.slice(1).map((row) => row[5])).toEqual(awkward);
    expect(rows[2]).toEqual(["1", "sport", "money", "0.015625", "0.968750", "two\r\nlines"]);
  });

  test("no text or class is a formula to a spreadsheet", () => {
    const formulas = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"];
    const harmless = ["a=b", "1-1", "'quoted"];
    const rows: string[][] = parse(
      suspectsCsv(
        report([...formulas, ...harmless].map((text, i) => ({ ...suspect(i, text, text), given: text }))),
      ),
    );
    for (const column of [1, 5, 6]) {
      expect(rows.slice(1).map((row) => row[column])).toEqual([
        ...formulas.map((text) => `'${text}`),
        ...harmless,
      ]);
    }
  });

  test("the second text of a pair is a column of its own", () => {
    const rows: string[][] = parse(suspectsCsv(report([suspect(7, "premise, here", "hypothesis")])));
    expect(rows[0]!.slice(5)).toEqual(["text", "pair"]);
    expect(rows[1]!.slice(5)).toEqual(["premise, here", "hypothesis"]);
  });
});

describe("suspects on the terminal", () => {
  const many = Array.from({ length: 30 }, (_, i) =>
    suspect(i * 3, `the market closed ${"higher ".repeat(30)}`),
  );

  test("lists the first ones, and counts the rest", () => {
    const text = suspectsText(report(many), 20, plain(100));
    expect(text).toContain("30 likely label errors in 100 rows (30.0%)");
    expect(text).toContain("agree with 87.5% of the labels");
    expect(text).toMatch(/^57 +sport +money +96\.9% +the market/m);
    expect(text).not.toMatch(/^60 /m);
    expect(text).toContain("and 10 more");
    expect(text.replaceAll("\n", " ")).toContain("given sport, likely money (30)");
  });

  test.each([50, 80, 140])("fits %i columns", (width) => {
    for (const line of suspectsText(report(many), 20, plain(width)).split("\n")) {
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  test("says why a trained encoder has no say", () => {
    const flat = (encoderTrained: boolean) =>
      suspectsText(report(many, { encoderTrained }), 20, plain(100)).replaceAll("\n", " ");
    expect(flat(true)).toContain("The encoder that the run trained has no say");
    expect(flat(false)).not.toContain("has no say");
  });

  test("says so where nothing is suspect", () => {
    const text = suspectsText(report([]), 20, plain(80));
    expect(text).toContain("No label of 100 rows looks wrong");
    expect(text).not.toContain("given");
  });
});
