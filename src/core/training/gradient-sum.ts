import type { Gradient } from "./optimizers/optimizer.ts";
import { sumRows } from "./row-gradients.ts";

/** A weighted sum of the gradients of several batches, in buffers of its own that are used again. */
export class GradientSum {
  readonly #dense = new Map<string, Float32Array>();
  /** Embedding tables: the rows that each batch read. */
  readonly #tables = new Map<string, Required<Gradient>[]>();
  #batches = 0;

  add(gradients: ReadonlyMap<string, Gradient>, factor: number): void {
    const isFirst = this.#batches++ === 0;
    if (isFirst) this.#tables.clear();
    for (const [name, { values, rows }] of gradients) {
      if (rows) {
        const part = { values: values.map((value) => factor * value), rows };
        this.#tables.set(name, [...(this.#tables.get(name) ?? []), part]);
        continue;
      }
      const sum = this.#dense.get(name) ?? new Float32Array(values.length);
      this.#dense.set(name, sum);
      if (isFirst) for (let i = 0; i < sum.length; i++) sum[i] = factor * values[i]!;
      else for (let i = 0; i < sum.length; i++) sum[i]! += factor * values[i]!;
    }
  }

  /** The sum; the next `add` begins a new one. */
  take(): Map<string, Gradient> {
    this.#batches = 0;
    const sum = new Map<string, Gradient>();
    for (const [name, values] of this.#dense) sum.set(name, { values });
    for (const [name, parts] of this.#tables) sum.set(name, joinRows(parts));
    return sum;
  }
}

function joinRows(parts: readonly Required<Gradient>[]): Gradient {
  const lookups = parts.reduce((sum, { rows }) => sum + rows.length, 0);
  const size = parts[0]!.values.length / parts[0]!.rows.length;
  const rows = new Int32Array(lookups);
  const values = new Float32Array(lookups * size);
  let at = 0;
  for (const part of parts) {
    rows.set(part.rows, at);
    values.set(part.values, at * size);
    at += part.rows.length;
  }
  return sumRows(rows, values, size);
}
