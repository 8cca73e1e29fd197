import { expect, it } from "vitest";
import { bytes, dateTime, duration, integer, percent } from "../../src/core/format.ts";

it.each([
  [percent(0.9153), "91.5%"],
  [percent(0.00071, 2), "0.07%"],
  [integer(66_365_956), "66,365,956"],
  [duration(0.614), "0.61 s"],
  [duration(42.25), "42.3 s"],
  [duration(187.2), "3 min 7 s"],
  [duration(59.96), "1 min 0 s"],
  [duration(7265), "2 h 1 min"],
  [duration(3599.8), "1 h 0 min"],
  [bytes(0), "0 B"],
  [bytes(999), "999 B"],
  [bytes(1_130_000_000), "1.13 GB"],
  [bytes(54_321), "54.3 kB"],
  [bytes(268_000_000), "268 MB"],
  [dateTime("2025-03-14T09:26:53.000Z"), "2025-03-14 09:26 UTC"],
])("writes numbers as people read them: %s", (written, expected) => {
  expect(written).toBe(expected);
});
