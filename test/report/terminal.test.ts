import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { bar, labelBars } from "../../src/app/report/terminal/bars.ts";
import { confusionTable } from "../../src/app/report/terminal/confusion.ts";
import { epochTable } from "../../src/app/report/terminal/epochs.ts";
import {
  findingLines,
  mistakeLines,
  perClassTable,
  resultLines,
} from "../../src/app/report/terminal/evaluation.ts";
import { formatTable } from "../../src/app/report/terminal/table.ts";
import {
  cut,
  oneLine,
  pad,
  type Terminal,
  terminalOf,
  wrap,
} from "../../src/app/report/terminal/terminal.ts";
import { agNews, firstReport, manyClasses, shortRun } from "./sample-record.ts";

const plain = (width: number): Terminal => terminalOf({ columns: width }, {});
const columns = (text: string) => Math.max(...text.split("\n").map((line) => stringWidth(line)));

describe("terminalOf", () => {
  const coloured = (stream: { isTTY?: boolean }, env: Record<string, string>) =>
    terminalOf(stream, env).colours.red("x") !== "x";

  it.each([
    ["a terminal", { isTTY: true }, {}, true],
    ["a pipe", {}, {}, false],
    ["NO_COLOR", { isTTY: true }, { NO_COLOR: "1" }, false],
    ["an empty NO_COLOR", { isTTY: true }, { NO_COLOR: "" }, true],
    ["FORCE_COLOR on a pipe", {}, { FORCE_COLOR: "1" }, true],
    ["NO_COLOR before FORCE_COLOR", {}, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    ["a dumb terminal", { isTTY: true }, { TERM: "dumb" }, false],
  ])("decides on colour: %s", (_, stream, env, expected) => {
    expect(coloured(stream, env)).toBe(expected);
  });

  it("takes the stream's width, or 80", () => {
    expect(terminalOf({ columns: 132 }, {}).width).toBe(132);
    expect(terminalOf({}, {}).width).toBe(80);
  });
});

describe("text of a width", () => {
  it("counts columns, not letters", () => {
    expect(cut("日経平均株価", 7)).toBe("日経平…");
    expect(cut("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 5)).toBe("👩‍👩‍👧‍👦👩‍👩‍👧‍👦…");
    expect(cut("fits", 4)).toBe("fits");
    expect(pad("日", 4)).toBe("日  ");
    expect(pad("é", 3, "right")).toBe("  é");
  });

  it("takes nothing for a command of the terminal", () => {
    expect(oneLine(" a\n\tb \u001b[31mred\u0007 \u202eback ")).toBe("a b \\x1b[31mred\\x07 \\u202eback");
  });

  it("wraps at words", () => {
    expect(wrap("one two three four", plain(11), "  ")).toBe("  one two\n  three\n  four");
    expect(wrap("unbreakablelongword", plain(5))).toBe("unbreaka\nblelongw\nord");
  });
});

describe("formatTable", () => {
  it("aligns text left and numbers right, whatever script the text is in", () => {
    const table = formatTable(
      {
        header: ["class", "rows"],
        rows: [
          ["日経", "5"],
          ["sport", "1,200"],
        ],
        totals: [["all", "1,205"]],
      },
      plain(80),
    );
    expect(table.split("\n")).toEqual([
      "class   rows",
      "日経       5",
      "sport  1,200",
      "────────────",
      "all    1,205",
    ]);
  });

  it("cuts text, not numbers, to fit", () => {
    const table = formatTable(
      { header: ["class", "rows"], rows: [["a very long name of a class", "123456"]] },
      plain(20),
    );
    expect(table.split("\n")[1]).toBe("a very long…  123456");
  });
});

describe("bars", () => {
  it("are exact to an eighth of a column", () => {
    expect(bar(0.5, 4)).toBe("██");
    expect(bar(0.53125, 4)).toBe("██▏");
    expect(bar(0, 4)).toBe("");
    expect(bar(1.2, 4)).toBe("████");
  });

  it("labelBars shows each class with its count and share", () => {
    expect(labelBars(["ham", "spam"], [30, 10], plain(30)).split("\n")).toEqual([
      "ham   █████████████  30  75.0%",
      "spam  ████▍          10  25.0%",
    ]);
  });
});

describe("epochTable", () => {
  it("has a line per epoch in columns under their titles", () => {
    const { history } = agNews();
    const table = epochTable(20, ["test"], plain(100));
    const lines = [table.header, ...history.map((entry) => table.row(entry, 0.61))];
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[20]).toContain("20/20");
    expect(lines[20]).toContain(history[19]!.train.lossSum.toFixed(2));
    expect(lines[20]).toContain(`${(history[19]!.evaluations.test!.accuracy * 100).toFixed(1)}%`);
    expect(lines[20]).toMatch(/0\.61 s$/);
  });

  it("keeps the accuracies and gives up the losses where room is short", () => {
    const { history, evaluations } = manyClasses();
    const splits = evaluations.map((evaluation) => evaluation.split);
    const wide = epochTable(5, splits, plain(200));
    expect(wide.header).toContain("validation_mismatched loss");
    const narrow = epochTable(5, splits, plain(90));
    expect(columns(narrow.header)).toBeLessThanOrEqual(90);
    expect(narrow.header).not.toContain("_matched loss");
    expect(narrow.header).toMatch(/n_matched acc.*ismatched acc/);
    expect(narrow.row(history[0]!)).toContain(
      `${(history[0]!.evaluations[splits[1]!]!.accuracy * 100).toFixed(1)}%`,
    );
  });
});

describe("a finished run on the terminal", () => {
  it.each([60, 80, 120])("stays inside %i columns", (width) => {
    const terminal = plain(width);
    for (const record of [agNews(), shortRun(), manyClasses()]) {
      const evaluation = record.evaluations[0]!;
      for (const text of [
        resultLines(evaluation, terminal),
        perClassTable(evaluation.report, terminal),
        confusionTable(firstReport(record), terminal),
        labelBars(
          record.labels,
          evaluation.report.perClass.map((score) => score.support),
          terminal,
        ),
        findingLines(record.findings, terminal),
      ]) {
        expect(columns(text)).toBeLessThanOrEqual(width);
      }
    }
  });

  it("shows the result beside the majority class", () => {
    const text = resultLines(agNews().evaluations[0]!, plain(100));
    expect(text).toMatch(/this model +91\.3% accuracy/);
    expect(text).toMatch(/majority class +21\.8% accuracy/);
    expect(text).toContain("always “Business”");
  });

  it("prints the confusion matrix by name, by number, or as a list, as room allows", () => {
    const report = firstReport(agNews());
    const named = confusionTable(report, plain(80)).split("\n");
    expect(named[0]).toMatch(/World +Sports +Business +Sci\/Tech$/);
    expect(named[1]!.split(/\s+/)).toEqual(["World", ...report.confusion[0]!.map(String)]);
    expect(named[3]).toContain("·");
    const numbered = confusionTable(report, plain(42)).split("\n");
    expect(numbered[0]).toMatch(/1 +2 +3 +4$/);
    expect(numbered[4]).toMatch(/^ 4 +Sci\/Tech/);
    expect(confusionTable(report, plain(30))).toMatch(/^true class +predicted as +rows/);
  });

  it("shows mistakes on two lines, without what the terminal would obey", () => {
    const record = agNews();
    const { mistakes } = record.evaluations[0]!;
    mistakes[0]!.texts = ["first\nsecond \u001b[2Jline"];
    const lines = mistakeLines(mistakes.slice(0, 1), record.labels, plain(80)).split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/taken for .* sure, row \d+\)/);
    expect(lines[1]).toBe("  first second \\x1b[2Jline");
  });
});
