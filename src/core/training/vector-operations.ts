import { vectorKernels } from "./vector-kernels.ts";

/** The numbers of an Adam update that are the same for every element of a parameter. */
export interface AdamConstants {
  beta1: number;
  beta2: number;
  /** lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) */
  stepSize: number;
  /** ε · √(1 − β₂ᵗ) */
  epsilon: number;
  gradientScale: number;
  /** Times the weight, added to the gradient. */
  coupledDecay: number;
  /** Times the weight, in front of the update. */
  keep: number;
}

/** What Adam remembers of a parameter, an element each. */
export type Moments = {
  /** Running mean of the gradient. */
  first: Float32Array;
  /** Running mean of the gradient's square. */
  second: Float32Array;
};

/** As `vector-kernels.wat` exports them. */
interface Kernels {
  memory: { buffer: ArrayBuffer };
  adam(
    end: number,
    beta1: number,
    newShare1: number,
    beta2: number,
    newShare2: number,
    stepSize: number,
    epsilon: number,
    gradientScale: number,
    coupledDecay: number,
    keep: number,
  ): void;
  sumOfSquares(end: number): number;
}

/** The types of Node 20 leave it out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

const kernels = new WebAssembly.Instance(
  new WebAssembly.Module(Uint8Array.from(atob(vectorKernels), (character) => character.charCodeAt(0))),
).exports as Kernels;

/** Elements that the kernels work on at once. */
const pieceSize = 4096;
const memory = new Float32Array(kernels.memory.buffer);
const piece = (place: number) => memory.subarray(place * pieceSize, (place + 1) * pieceSize);
const [weightPiece, gradientPiece, firstPiece, secondPiece] = [piece(0), piece(1), piece(2), piece(3)];

/** The end in bytes of `count` elements, in whole vectors of four: those behind the last element are worth nothing. */
function endOf(count: number): number {
  return Math.ceil(count / 4) * 16;
}

/**
 * Updates elements `start` to `end` of a parameter and its moments in float32, as PyTorch does, with a gradient that
 * begins at `from` of `gradient`. Moments below the smallest normal float32 become 0.
 */
export function adamUpdate(
  weights: Float32Array,
  { first, second }: Moments,
  gradient: Float32Array,
  from: number,
  start: number,
  end: number,
  { beta1, beta2, stepSize, epsilon, gradientScale, coupledDecay, keep }: AdamConstants,
): void {
  for (let at = start; at < end; at += pieceSize) {
    const stop = Math.min(end, at + pieceSize);
    const count = stop - at;
    const offset = from + at - start;
    weightPiece.set(weights.subarray(at, stop));
    gradientPiece.set(gradient.subarray(offset, offset + count));
    firstPiece.set(first.subarray(at, stop));
    secondPiece.set(second.subarray(at, stop));
    kernels.adam(
      endOf(count),
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      stepSize,
      epsilon,
      gradientScale,
      coupledDecay,
      keep,
    );
    weights.set(weightPiece.subarray(0, count), at);
    first.set(firstPiece.subarray(0, count), at);
    second.set(secondPiece.subarray(0, count), at);
  }
}

/** Σx², added up in float64; not a finite number where an element isn't. */
export function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += pieceSize) {
    const stop = Math.min(values.length, at + pieceSize);
    const count = stop - at;
    weightPiece.set(values.subarray(at, stop));
    weightPiece.fill(0, count, endOf(count) / 4);
    sum += kernels.sumOfSquares(endOf(count));
  }
  return sum;
}
