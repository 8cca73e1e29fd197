import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Feature } from "../../src/core/data/features.ts";
import { narrowCells } from "../../src/core/data/formats/csv.ts";
import { TableBuilder } from "../../src/core/data/table.ts";
import type { Value } from "../../src/core/data/values.ts";
import { ColumnType } from "../../src/core/profiling/column-types.ts";
import { LabelCounts } from "../../src/core/profiling/label-counts.ts";

describe("ColumnType", () => {
  /** The type that reading all values at once gives. */
  const whole = (values: Value[], declared: Feature | undefined, narrow?: (values: Value[]) => Value[]) => {
    const builder = new TableBuilder();
    builder.declare(["x"]);
    for (const x of values) builder.add({ x });
    return builder.build(declared && { x: declared }, narrow).columns.get("x")!.feature;
  };
  const streamed = (
    values: Value[],
    declared: Feature | undefined,
    narrow?: (values: Value[]) => Value[],
  ) => {
    const type = new ColumnType(declared, narrow);
    for (const value of values) type.add(value);
    return type.feature;
  };
  const declared = fc.constantFrom<(Feature | undefined)[]>(
    undefined,
    { type: "string" },
    { type: "int" },
    { type: "float" },
    { type: "classLabel", names: ["neg", "pos"] },
    { type: "json" },
  );

  test("is the type that reading a text file at once gives", () => {
    const cell = fc.oneof(
      fc.constantFrom("", "0", "1", "-1", "7", "3.5", "1e3", "007", "NA", "neg", "pos", "some text"),
      fc.string(),
    );
    const column = fc.oneof(
      fc.array(cell),
      fc.array(fc.constantFrom("0", "1", "")),
      fc.array(fc.constantFrom("neg", "pos", "")),
    );
    fc.assert(
      fc.property(column, declared, (values, feature) => {
        // A declared class label whose cells are partly names and partly ids is kept, and read as both.
        const mixed =
          feature?.type === "classLabel" &&
          values.some((value) => /^(neg|pos)$/.test(value)) &&
          values.some((value) => !/^(neg|pos)$/.test(value));
        fc.pre(!mixed);
        expect(streamed(values, feature, narrowCells)).toEqual(whole(values, feature, narrowCells));
      }),
    );
  });

  test("is the type that reading typed values at once gives", () => {
    const value = fc.oneof(
      fc.constantFrom<Value[]>(null, 0, 1, -1, 2.5, true, "neg", "text", [1], { a: 1 }, 2n ** 60n),
      fc.integer(),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), declared, (values, feature) => {
        fc.pre(feature?.type !== "classLabel" || !values.includes("neg"));
        expect(streamed(values, feature)).toEqual(whole(values, feature));
      }),
    );
  });
});

describe("LabelCounts", () => {
  const describeLabels = (values: Value[], feature: Feature) => {
    const counts = new LabelCounts();
    for (const value of values) counts.add(value);
    return counts.describe(feature);
  };

  test("numbers in numeric order, text by code unit, missing ones apart", () => {
    expect(describeLabels(["10", "9", "", "9.0"], { type: "float" })).toMatchObject({
      names: ["9", "10"],
      counts: [2, 1],
      missing: 1,
    });
    expect(describeLabels(["b", "a", "B", null], { type: "string" })).toMatchObject({
      names: ["B", "a", "b"],
      missing: 1,
    });
  });

  test("class labels by id or by name; −1 is no label", () => {
    const feature: Feature = { type: "classLabel", names: ["neg", "pos", "never"] };
    const wanted = { names: ["neg", "pos", "never"], counts: [2, 1, 0], missing: 1 };
    expect(describeLabels([0, 1, -1, 0], feature)).toMatchObject(wanted);
    expect(describeLabels(["0", "1", "-1", "0"], feature)).toMatchObject(wanted);
    expect(describeLabels(["neg", "pos", "", "neg"], feature)).toMatchObject(wanted);
  });

  test("sees that rows are sorted by class, and that shuffled ones are not", () => {
    const sorted = Array.from({ length: 90 }, (_, i) => Math.floor(i / 30));
    const grouped = (values: Value[]) => describeLabels(values, { type: "int" });
    expect(grouped(sorted)).toMatchObject({ grouped: true });
    expect(grouped([...sorted, ...sorted])).toMatchObject({ grouped: true });
    expect(grouped(sorted.map((_, i) => i % 3))).toMatchObject({ grouped: false });
    expect(grouped(sorted.map((_, i) => ((i * 7919) % 13) % 3))).toMatchObject({ grouped: false });
    expect(grouped(sorted.map(() => 1))).toMatchObject({ grouped: false });
    expect(grouped([0, 0, 0, 1, 1, 1])).toMatchObject({ grouped: false });
  });

  test("says why a column holds no classes", () => {
    expect(describeLabels([[1], [2]], { type: "list" })).toContain("lists or objects");
    expect(describeLabels([0.5, 1.5], { type: "float" })).toContain("decimals such as 0.5");
    const ids = Array.from({ length: 10_001 }, (_, i) => `id ${i}`);
    expect(describeLabels(ids, { type: "string" })).toContain("more than 10,000 different values");
    expect(describeLabels(ids.slice(1), { type: "string" })).toMatchObject({ missing: 0 });
  });
});
