import { Sha256 } from "../hash.ts";
import type { Feature } from "./features.ts";
import type { Value } from "./values.ts";

/** Characters gathered before they are hashed: one call per cell would dominate. */
const BLOCK = 1 << 16;

/**
 * SHA-256 of names, features and values, as 64 hex digits: equal for equal contents wherever they came from.
 * Each cell is one line of JSON, so no two tables read the same.
 */
export function fingerprintColumns(
  columns: Iterable<{ name: string; feature: Feature; values: Iterable<Value> }>,
): string {
  const hash = new Sha256();
  let block = "";
  const write = (line: string) => {
    block += `${line}\n`;
    if (block.length >= BLOCK) {
      hash.update(block);
      block = "";
    }
  };
  for (const { name, feature, values } of columns) {
    write(JSON.stringify({ name, feature }));
    for (const value of values) write(encode(value));
  }
  return hash.update(block).hex();
}

function encode(value: Value): string {
  return JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? { bigint: `${item}` } : item));
}
