import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binLengths, LengthCounts, summarizeLengths } from "../../src/core/text/length-summary.ts";

const lengths = fc.array(fc.oneof(fc.nat(50), fc.nat(5000), fc.integer({ min: 60_000, max: 10_000_000 })), {
  minLength: 1,
  maxLength: 200,
});

describe("summary", () => {
  test("is what the definitions say, of any lengths", () => {
    fc.assert(
      fc.property(lengths, (values) => {
        const sorted = [...values].sort((a, b) => a - b);
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
        const quantile = (q: number) => {
          const place = q * (values.length - 1);
          const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
          return low + (high - low) * (place % 1);
        };
        const summary = summarizeLengths(values);
        expect(summary).toMatchObject({ count: values.length, min: sorted[0], max: sorted.at(-1) });
        const near = (actual: number, wanted: number) =>
          expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));
        near(summary.mean, mean);
        near(summary.std, values.length > 1 ? Math.sqrt(variance) : 0);
        near(summary.q25, quantile(0.25));
        near(summary.median, quantile(0.5));
        near(summary.q75, quantile(0.75));
      }),
    );
  });

  test("of no lengths is all zero", () => {
    const zero = { count: 0, mean: 0, std: 0, min: 0, q25: 0, median: 0, q75: 0, max: 0 };
    expect(new LengthCounts().summary()).toEqual(zero);
  });
});

describe("bins", () => {
  test("hold every row once, in bins of a round width", () => {
    fc.assert(
      fc.property(lengths, (values) => {
        const { width, rows, beyond = 0 } = binLengths(values);
        expect(String(width)).toMatch(/^[125]0*$/);
        expect(rows.reduce((a, b) => a + b, 0) + beyond).toBe(values.length);
        rows.forEach((count, i) => {
          expect(count).toBe(values.filter((x) => Math.floor(x / width) === i).length);
        });
      }),
    );
  });

  test("are not squeezed by a few very long rows", () => {
    const values = [...Array.from({ length: 999 }, (_, i) => i % 100), 10_000_000];
    const { width, rows, beyond } = binLengths(values);
    expect(beyond).toBe(1);
    expect(width * rows.length).toBeLessThan(300);
    expect(binLengths(values.slice(0, 999)).beyond).toBeUndefined();
  });

  test("of no lengths are one empty bin", () => {
    expect(binLengths([])).toEqual({ width: 1, rows: [0] });
  });
});
