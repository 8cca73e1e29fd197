/** The largest finite float16. */
export const largestFloat16 = 65504;

/**
 * float32 to IEEE binary16, as bits: rounded to nearest, ties to even. What is larger than the largest finite float16
 * becomes that and not infinity, so that a mask of −3.4e38 times 0 stays 0 and no number becomes NaN.
 */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  const word = new Uint32Array(1);
  const float = new Float32Array(word.buffer);
  for (const [i, value] of values.entries()) {
    float[0] = Math.min(largestFloat16, Math.max(-largestFloat16, value));
    halves[i] = bitsOfFloat16(word[0]!);
  }
  return halves;
}

/** @param bits of a float32 within the range of float16, or of NaN. */
function bitsOfFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // Below 2⁻¹⁴ float16 is a multiple of 2⁻²⁴: subnormal, or zero.
  if (magnitude < 0x38800000) {
    const exponent = magnitude >>> 23;
    if (exponent < 102) return sign;
    const shift = 126 - exponent;
    return sign | roundedShift((magnitude & 0x7fffff) | 0x800000, shift);
  }
  // A carry out of the fraction goes on into the exponent, as it should.
  return sign | roundedShift(magnitude - 0x38000000, 13);
}

/** value / 2^shift, to nearest, ties to even. */
function roundedShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}
