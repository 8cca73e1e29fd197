import { TorchGenerator } from "./torch.ts";

/**
 * The order in which PyTorch's `DataLoader(dataset, shuffle=True, generator=torch.Generator().manual_seed(seed))`
 * visits its rows, epoch after epoch. An epoch's order is a function of (rows, seed, epoch) alone, so a resumed
 * run goes on as if it had never stopped.
 */
export class EpochOrder {
  readonly rows: number;
  readonly seed: number;
  #generator: TorchGenerator;
  /** The epoch that the generator stands before. */
  #next = 0;

  constructor(rows: number, seed: number) {
    this.rows = rows;
    this.seed = seed;
    this.#generator = new TorchGenerator(seed);
  }

  /** Row indices in the order of epoch `index`, counted from 0. Asking for the epochs in turn is cheapest. */
  epoch(index: number): Uint32Array {
    if (index < this.#next) {
      this.#generator = new TorchGenerator(this.seed);
      this.#next = 0;
    }
    while (this.#next < index) this.#draw();
    return this.#draw();
  }

  #draw(): Uint32Array {
    // The loader's iterator draws its workers' base seed before the sampler draws the order; the sampler, once
    // exhausted, draws a second permutation of which it takes rows % rows = 0.
    this.#generator.random64();
    const order = this.#generator.randperm(this.rows);
    this.#generator.randperm(this.rows);
    this.#next++;
    return order;
  }
}
