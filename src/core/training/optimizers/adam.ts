import { type AdamConstants, adamUpdate, type Moments } from "../vector-operations.ts";
import type { Gradient, Optimizer, OptimizerOptions, ParameterState } from "./optimizer.ts";

/** Settings of Adam and AdamW, with PyTorch's defaults. Adam adds the weight decay to the gradient, AdamW takes it from the weight. */
export interface AdamOptions extends Partial<OptimizerOptions> {
  /** Decay rates of the first and second moment. @default [0.9, 0.999] */
  betas?: readonly [number, number];
  /** Added to the root of the second moment, after its bias correction. @default 1e-8 */
  epsilon?: number;
  /** AdamW (Loshchilov & Hutter 2019) where true, Adam (Kingma & Ba 2015) where false. */
  decoupled: boolean;
}

/** Moments of an embedding table, and what is needed to leave out the rows that no batch has read yet. */
interface TableMoments extends Moments {
  /** 1 for a row that ever had a gradient: [rows]. The moments of all others are zero. */
  touched: Uint8Array;
  /** Where a row stands in the current gradient, −1 for nowhere: [rows]. */
  places: Int32Array;
  /** A row's gradient when the batch doesn't read it: [size]. */
  zeros: Float32Array;
}

/**
 * Adam and AdamW as PyTorch computes them: p −= lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε), here with the bias
 * corrections moved into the step size and ε, which spares two operations an element.
 *
 * An embedding table gets exactly what it would get with its dense gradient, at the cost of the rows that were ever
 * read: a row without a gradient so far has zero moments and doesn't move, but for weight decay.
 */
export class Adam implements Optimizer {
  readonly #betas: readonly [number, number];
  readonly #epsilon: number;
  readonly #weightDecay: (name: string) => number;
  readonly #decoupled: boolean;
  readonly #moments = new Map<string, Moments>();
  readonly #tables = new Map<string, TableMoments>();
  #steps = 0;

  constructor({ betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = () => 0, decoupled }: AdamOptions) {
    this.#betas = betas;
    this.#epsilon = epsilon;
    this.#weightDecay = weightDecay;
    this.#decoupled = decoupled;
  }

  get steps(): number {
    return this.#steps;
  }

  get state(): ReadonlyMap<string, Moments> {
    return this.#moments;
  }

  /** @throws RangeError if a parameter lacks a moment. */
  restore(steps: number, state: ReadonlyMap<string, ParameterState>): void {
    this.#steps = steps;
    this.#tables.clear();
    this.#moments.clear();
    for (const [name, { first, second }] of state) {
      if (!first || !second) throw new RangeError(`there are no moments of ${name}`);
      this.#moments.set(name, { first, second });
    }
  }

  update(
    parameters: ReadonlyMap<string, Float32Array>,
    gradients: ReadonlyMap<string, Gradient>,
    learningRate: number,
    gradientScale = 1,
  ): void {
    this.#steps++;
    for (const [name, { values, rows }] of gradients) {
      const parameter = parameters.get(name);
      if (!parameter) throw new RangeError(`there is no parameter ${name}`);
      const constants = this.#constants(name, learningRate, gradientScale);
      const moments = this.#momentsOf(name, parameter.length);
      if (rows) updateRows(parameter, this.#tableOf(name, moments, values, rows), values, rows, constants);
      else adamUpdate(parameter, moments, values, 0, 0, parameter.length, constants);
    }
  }

  #constants(name: string, learningRate: number, gradientScale: number): AdamConstants {
    const [beta1, beta2] = this.#betas;
    const decay = this.#weightDecay(name);
    const rootCorrection = Math.sqrt(1 - beta2 ** this.#steps);
    return {
      beta1,
      beta2,
      stepSize: (learningRate * rootCorrection) / (1 - beta1 ** this.#steps),
      epsilon: this.#epsilon * rootCorrection,
      gradientScale,
      coupledDecay: this.#decoupled ? 0 : decay,
      keep: this.#decoupled ? 1 - learningRate * decay : 1,
    };
  }

  #momentsOf(name: string, length: number): Moments {
    let moments = this.#moments.get(name);
    if (!moments) {
      moments = { first: new Float32Array(length), second: new Float32Array(length) };
      this.#moments.set(name, moments);
    }
    return moments;
  }

  #tableOf(name: string, moments: Moments, values: Float32Array, rows: Int32Array): TableMoments {
    let table = this.#tables.get(name);
    if (!table) {
      const size = values.length / rows.length;
      const count = moments.first.length / size;
      const touched = Uint8Array.from({ length: count }, (_, row) => Number(hasMoments(moments, row, size)));
      const places = new Int32Array(count).fill(-1);
      table = { ...moments, touched, places, zeros: new Float32Array(size) };
      this.#tables.set(name, table);
    }
    return table;
  }
}

function hasMoments({ first, second }: Moments, row: number, size: number): boolean {
  for (let i = row * size; i < (row + 1) * size; i++) if (first[i] !== 0 || second[i] !== 0) return true;
  return false;
}

function updateRows(
  p: Float32Array,
  table: TableMoments,
  values: Float32Array,
  rows: Int32Array,
  constants: AdamConstants,
): void {
  const { touched, places, zeros } = table;
  const size = zeros.length;
  for (let i = 0; i < rows.length; i++) {
    places[rows[i]!] = i;
    touched[rows[i]!] = 1;
  }
  // A decay that is part of the gradient moves every row.
  if (constants.coupledDecay !== 0) touched.fill(1);
  for (let row = 0; row < touched.length; row++) {
    const start = row * size;
    const place = places[row]!;
    if (place >= 0) adamUpdate(p, table, values, place * size, start, start + size, constants);
    else if (touched[row]) adamUpdate(p, table, zeros, 0, start, start + size, constants);
    else if (constants.keep !== 1) scaleRange(p, start, start + size, constants.keep);
  }
  for (let i = 0; i < rows.length; i++) places[rows[i]!] = -1;
}

function scaleRange(p: Float32Array, start: number, end: number, factor: number): void {
  const rounded = Math.fround(factor);
  for (let i = start; i < end; i++) p[i]! *= rounded;
}
