import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonLine, textLine } from "../../src/app/cli/predict.ts";
import { chunks, linesOf, readInputs } from "../../src/app/cli/predict-lines.ts";
import { answer } from "../../src/app/predict-file/answer.ts";
import type { Prediction, TextInput } from "../../src/core/classifier/predict.ts";
import { DataError } from "../../src/core/errors.ts";

async function* streamOf(bytes: Uint8Array, cut: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += cut) yield bytes.subarray(at, at + cut);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const inputsOf = (text: string) => all(readInputs(linesOf(streamOf(Buffer.from(text), 3))));

const predict = async (inputs: TextInput[]): Promise<Prediction[]> =>
  inputs.map((input) => {
    const label = typeof input === "string" ? input : input.pair;
    return { labels: [label], label, score: 1, scores: { [label]: 1 } };
  });

describe("lines of the input", () => {
  test("every line is one text, empty ones too, and no other sign ends one", async () => {
    expect(await inputsOf("a\n\n  \nb\u2028c\x85d\re\r\n\nf")).toEqual([
      ...["a", "", "  ", "b\u2028c\x85d\re", "", "f"],
    ]);
    expect(await inputsOf("a\n")).toEqual(["a"]);
    expect(await inputsOf("")).toEqual([]);
  });

  test("JSON lines are texts or pairs", async () => {
    expect(await inputsOf('{"text": "a", "pair": "b"}\n{"text": ""}\n')).toEqual([
      { text: "a", pair: "b" },
      "",
    ]);
    await expect(inputsOf('a\n{"text": 1}\n')).rejects.toThrow(
      'stdin, line 2: the JSON object has no "text"',
    );
  });

  test("bytes that are no text", async () => {
    const lines = all(linesOf(streamOf(Buffer.from("a\n\xff\n", "latin1"), 9)));
    await expect(lines).rejects.toThrow(DataError);
  });

  test.each(["text,label", "label\ttext", '"id";"text";"label"', ",text"])(
    "a first line that names columns is told: %s",
    async (line) => {
      await expect(inputsOf(`${line}\na,b\n`)).rejects.toThrow(
        "line 1 looks like the names of a table's columns",
      );
      expect(await inputsOf(`a\n${line}\n`)).toHaveLength(2);
    },
  );

  test.each(["Hello, world", "text", "a,b", "text, label me", "yes;no"])(
    "a text is none: %s",
    async (line) => {
      expect(await inputsOf(line)).toEqual([line]);
    },
  );
});

test("any lines have one answer each, in their order", async () => {
  const line = fc.string({ unit: fc.constantFrom("a", "b", " ", "\t", "é", "\u2028"), maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 20 }),
      fc.integer({ min: 1, max: 9 }),
      async (lines, cut) => {
        const text = lines.map((one) => `${one}\n`).join("");
        const inputs = readInputs(linesOf(streamOf(Buffer.from(text), cut)));
        const answers = [];
        for await (const chunk of chunks(inputs, cut)) answers.push(...(await answer(chunk, predict)));
        expect(answers.map(({ input }) => input)).toEqual(lines);
        const said = answers.map(({ prediction }) => prediction?.label);
        expect(said).toEqual(lines.map((one) => (one.trim() === "" ? undefined : one)));
      },
    ),
    { numRuns: 300 },
  );
});

test("an empty text is marked, in words and as JSON", async () => {
  const [empty, half, text] = await answer([" ", { text: "a", pair: "" }, "b"], predict);
  expect(textLine(empty!, "singleLabel")).toBe("(empty)\t\t");
  expect(textLine(half!, "singleLabel")).toBe("(empty)\t\ta /");
  expect(textLine(empty!, "multiLabel")).toBe("(empty)\t");
  expect(textLine(text!, "singleLabel")).toBe("b\t1.0000\tb");
  expect(JSON.parse(jsonLine(empty!, "singleLabel"))).toEqual({
    text: " ",
    label: null,
    score: null,
    scores: null,
  });
  expect(JSON.parse(jsonLine(empty!, "multiLabel"))).toEqual({ text: " ", labels: null, scores: null });
});
