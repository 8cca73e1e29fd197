import type { TorchGenerator } from "../random/torch.ts";

/** How a parameter starts when no checkpoint holds it. */
export type Initializer =
  | { kind: "zeros" }
  | { kind: "ones" }
  /** N(0, std²) */
  | { kind: "normal"; std: number }
  /** U(−bound, bound) */
  | { kind: "uniform"; bound: number };

export const zeros: Initializer = { kind: "zeros" };
export const ones: Initializer = { kind: "ones" };
export const normal = (std: number): Initializer => ({ kind: "normal", std });

/** What `torch.nn.Linear` gives its weight and its bias: U(±1/√inputs). */
export const torchLinear = (inputs: number): Initializer => ({
  kind: "uniform",
  bound: 1 / Math.sqrt(inputs),
});

/** Draws a parameter's initial values, row-major, as PyTorch's generator would. */
export function initialize(initializer: Initializer, count: number, generator: TorchGenerator): Float32Array {
  switch (initializer.kind) {
    case "zeros":
      return new Float32Array(count);
    case "ones":
      return new Float32Array(count).fill(1);
    case "normal":
      return generator.normal(count, 0, initializer.std);
    case "uniform":
      return generator.uniform(count, -initializer.bound, initializer.bound);
  }
}
