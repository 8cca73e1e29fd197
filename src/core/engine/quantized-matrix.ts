/** A matrix in int8: its element is the code times the scale of its row or column. Zero is the code 0. */
export interface QuantizedMatrix {
  codes: Int8Array;
  scales: Float32Array;
}

/**
 * Rows as s8 with a scale each: [rows, size] → codes [rows, size] and scales [rows]. The largest element of a row has
 * the code ±127.
 */
export function quantizeRows(values: Float32Array, rows: number, size: number): QuantizedMatrix {
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const scale = scaleOf(values, row * size, size, 127);
    scales[row] = scale;
    for (let i = row * size; i < (row + 1) * size; i++) codes[i] = Math.round(values[i]! / scale);
  }
  return { codes, scales };
}

/**
 * The weight of a linear layer, [outputs, inputs], as the right side of a product: codes [inputs, outputs] and a scale
 * for each output.
 *
 * @param bits 8: codes up to ±127; 7: up to ±63.
 */
export function quantizeColumns(
  weight: Float32Array,
  outputs: number,
  inputs: number,
  bits: 7 | 8,
): QuantizedMatrix {
  const codes = new Int8Array(weight.length);
  const scales = new Float32Array(outputs);
  const largest = 2 ** (bits - 1) - 1;
  for (let output = 0; output < outputs; output++) {
    const scale = scaleOf(weight, output * inputs, inputs, largest);
    scales[output] = scale;
    for (let i = 0; i < inputs; i++) {
      codes[i * outputs + output] = Math.round(weight[output * inputs + i]! / scale);
    }
  }
  return { codes, scales };
}

/** The smallest normal float32. */
const smallestScale = 2 ** -126;

/** What the largest of some elements is divided by to become `largest`; 1 where all are as good as 0. */
function scaleOf(values: Float32Array, start: number, count: number, largest: number): number {
  let most = 0;
  for (let i = start; i < start + count; i++) most = Math.max(most, Math.abs(values[i]!));
  // As it is stored: a scale that is rounded up later would make another code the nearest.
  const scale = Math.fround(most / largest);
  return scale < smallestScale ? 1 : scale;
}
