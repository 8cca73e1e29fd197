import type { ParameterValues } from "../step.ts";

/** The gradient of one parameter. */
export interface Gradient {
  /** Of the whole parameter, or of `rows` alone: row-major [rows, size]. */
  values: Float32Array;
  /** Rows of an embedding table that `values` stands for, each once; the gradient of all others is zero. */
  rows?: Int32Array;
}

/** What an optimizer remembers of one parameter: arrays of the parameter's length, by name. */
export type ParameterState = Readonly<Record<string, Float32Array>>;

/** Turns gradients into updates of the parameters. Another one is a class like this in a file, and a name in index.ts. */
export interface Optimizer {
  /** Updates so far. */
  readonly steps: number;
  /** What it remembers of each parameter that was updated, by the parameter's name: to be saved, not to be changed. */
  readonly state: ReadonlyMap<string, ParameterState>;
  /** Goes on where another one was after `steps` updates; takes over the arrays. */
  restore(steps: number, state: ReadonlyMap<string, ParameterState>): void;
  /**
   * One update, in place.
   *
   * @param parameters Values by name.
   * @param gradients By name; a parameter without one stays as it is.
   * @param gradientScale Factor of all gradients, as clipping asks for.
   */
  update(
    parameters: ParameterValues,
    gradients: ReadonlyMap<string, Gradient>,
    learningRate: number,
    gradientScale?: number,
  ): void;
}

/** What every optimizer is told. */
export interface OptimizerOptions {
  /** Weight decay of a parameter, by its name. */
  weightDecay: (name: string) => number;
}
