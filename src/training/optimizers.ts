/** The gradient of one parameter. */
export interface Gradient {
  /** Of the whole parameter, or of `rows` alone: row-major [rows, size]. */
  values: Float32Array;
  /** Rows of an embedding table that `values` stands for, each once; the gradient of all others is zero. */
  rows?: Int32Array;
}

/** Settings of Adam and AdamW, with PyTorch's defaults. */
export interface AdamOptions {
  /** Decay rates of the first and second moment. @default [0.9, 0.999] */
  betas?: readonly [number, number];
  /** Added to the root of the second moment, after its bias correction. @default 1e-8 */
  epsilon?: number;
  /**
   * Weight decay of a parameter. Adam adds it to the gradient, AdamW takes it from the weight. @default none
   */
  weightDecay?: (name: string) => number;
  /** AdamW (Loshchilov & Hutter 2019) where true, Adam (Kingma & Ba 2015) where false. */
  decoupled: boolean;
}

interface Moments {
  first: Float32Array;
  second: Float32Array;
}

/** Adam and AdamW as PyTorch computes them: p −= lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε). */
export class Adam {
  readonly #betas: readonly [number, number];
  readonly #epsilon: number;
  readonly #weightDecay: (name: string) => number;
  readonly #decoupled: boolean;
  readonly #moments = new Map<string, Moments>();
  #steps = 0;

  constructor({ betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = () => 0, decoupled }: AdamOptions) {
    this.#betas = betas;
    this.#epsilon = epsilon;
    this.#weightDecay = weightDecay;
    this.#decoupled = decoupled;
  }

  /** Updates so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * One update, in place.
   *
   * @param parameters Values by name.
   * @param gradients By name; a parameter without one stays as it is.
   */
  update(
    parameters: ReadonlyMap<string, Float32Array>,
    gradients: ReadonlyMap<string, Gradient>,
    learningRate: number,
  ): void {
    this.#steps++;
    for (const [name, gradient] of gradients) {
      const values = parameters.get(name);
      if (!values) throw new RangeError(`there is no parameter ${name}`);
      this.#updateOne(name, values, dense(gradient, values.length), learningRate);
    }
  }

  #updateOne(name: string, p: Float32Array, g: Float32Array, learningRate: number): void {
    const { first: m, second: v } = this.#momentsOf(name, p.length);
    const [beta1, beta2] = this.#betas;
    const epsilon = this.#epsilon;
    const decay = this.#weightDecay(name);
    const coupledDecay = this.#decoupled ? 0 : decay;
    const keep = this.#decoupled ? 1 - learningRate * decay : 1;
    const stepSize = learningRate / (1 - beta1 ** this.#steps);
    const rootCorrection = 1 / Math.sqrt(1 - beta2 ** this.#steps);
    for (let i = 0; i < p.length; i++) {
      const weight = p[i]!;
      const slope = g[i]! + coupledDecay * weight;
      const mean = m[i]! + (1 - beta1) * (slope - m[i]!);
      const square = beta2 * v[i]! + (1 - beta2) * slope * slope;
      m[i] = mean;
      v[i] = square;
      p[i] = keep * weight - (stepSize * mean) / (Math.sqrt(square) * rootCorrection + epsilon);
    }
  }

  #momentsOf(name: string, length: number): Moments {
    let moments = this.#moments.get(name);
    if (!moments) {
      moments = { first: new Float32Array(length), second: new Float32Array(length) };
      this.#moments.set(name, moments);
    }
    return moments;
  }
}

function dense({ values, rows }: Gradient, length: number): Float32Array {
  if (!rows) return values;
  const all = new Float32Array(length);
  const size = values.length / rows.length;
  for (const [i, row] of rows.entries()) all.set(values.subarray(i * size, (i + 1) * size), row * size);
  return all;
}
