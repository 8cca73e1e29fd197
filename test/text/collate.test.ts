import { expect, it } from "vitest";
import { collate } from "../../src/core/text/collate.ts";
import type { TokenRows } from "../../src/core/text/token-rows.ts";

const rows: TokenRows = {
  count: 3,
  ids: Int32Array.of(101, 7, 102, 101, 8, 9, 10, 102, 101, 102),
  typeIds: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 1, 0, 1),
  offsets: Uint32Array.of(0, 3, 8, 10),
  fullLengths: Uint32Array.of(3, 5, 2),
};

it("pads to the longest row of the batch", () => {
  const batch = collate(rows, Uint32Array.of(2, 0), 5);
  expect(batch).toEqual({
    size: 2,
    length: 3,
    inputIds: Int32Array.of(101, 102, 5, 101, 7, 102),
    attentionMask: Int32Array.of(1, 1, 0, 1, 1, 1),
    tokenTypeIds: Int32Array.of(0, 1, 0, 0, 0, 0),
  });
});

it("gives single texts type 0", () => {
  const batch = collate({ ...rows, typeIds: undefined }, Uint32Array.of(1), 0);
  expect([...batch.tokenTypeIds]).toEqual([0, 0, 0, 0, 0]);
});
