import fc from "fast-check";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { decodeMessage, encodeMessage, type Schema } from "../src/core/protobuf.ts";

const schema: Schema = {
  Whole: {
    count: { type: "int64", id: 1 },
    name: { type: "string", id: 2 },
    score: { type: "float", id: 3 },
    small: { type: "int32", id: 5, default: 1 },
    sizes: { rule: "repeated", type: "int64", id: 8 },
    data: { type: "bytes", id: 9 },
    part: { type: "Part", id: 10 },
    parts: { rule: "repeated", type: "Part", id: 200 },
  },
  Part: { name: { type: "string", id: 1 }, more: { type: "Part", id: 2 } },
};

/** The same for protobufjs, whose repeated numbers are packed unless it is told otherwise. */
const reference = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(schema).map(([name, fields]) => [
      name,
      {
        fields: Object.fromEntries(
          Object.entries(fields).map(([key, { default: value, ...field }]) => [
            key,
            {
              ...field,
              options: {
                ...(field.rule && { packed: false }),
                ...(value !== undefined && { default: value }),
              },
            },
          ]),
        ),
      },
    ]),
  ),
}).lookupType("Whole");

const text = fc.string({ unit: "grapheme" });
const part = fc.record(
  { name: text, more: fc.record({ name: text }, { requiredKeys: [] }) },
  { requiredKeys: [] },
);
const whole = fc.record(
  {
    count: fc.maxSafeInteger(),
    name: text,
    score: fc.float({ noNaN: true }).filter((value) => !Object.is(value, -0)),
    small: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    sizes: fc.array(fc.maxSafeInteger()),
    data: fc.uint8Array(),
    part,
    parts: fc.array(part),
  },
  { requiredKeys: [] },
);

test("messages are written to the bytes that protobufjs writes, and read back from them", () => {
  fc.assert(
    fc.property(whole, (message) => {
      const bytes = encodeMessage(schema, "Whole", message);
      expect(Buffer.from(bytes).toString("hex")).toBe(
        Buffer.from(reference.encode(message).finish()).toString("hex"),
      );
      const again = encodeMessage(schema, "Whole", decodeMessage(schema, "Whole", bytes));
      expect(decodeMessage(schema, "Whole", again)).toEqual(decodeMessage(schema, "Whole", bytes));
      expect(decodeMessage(schema, "Whole", bytes)).toMatchObject({
        count: message.count ?? 0,
        name: message.name ?? "",
        sizes: message.sizes ?? [],
      });
    }),
  );
});

test("bytes that end too early, or whose parts are longer than they are, are refused", () => {
  const message = { name: "name", part: { name: "part" }, parts: [{ name: "a" }, { more: { name: "b" } }] };
  const bytes = encodeMessage(schema, "Whole", message);
  const broken = [...bytes.keys()].slice(1).filter((length) => {
    try {
      decodeMessage(schema, "Whole", bytes.subarray(0, length));
      return false;
    } catch {
      return true;
    }
  });
  // What is cut between two of its fields is a message, too.
  expect(broken.length).toBeGreaterThan(bytes.length - 6);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
      try {
        expect(decodeMessage(schema, "Whole", noise)).toBeTypeOf("object");
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});
