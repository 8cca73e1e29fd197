import { EpochOrder } from "../random/data-order.ts";
import { consecutiveBatches, lengthGroupedOrder } from "../text/batches.ts";

/** How rows become batches. */
export interface BatchPlanOptions {
  epochs: number;
  /** Rows of a batch. */
  batchSize: number;
  /** Batches of an update. */
  gradientAccumulationSteps: number;
  /** Puts rows of similar length together, so that less is padded. */
  groupByLength: boolean;
  seed: number;
}

/** A batch and its number in the whole training, from 0. */
export interface PlannedBatch {
  rows: Uint32Array;
  index: number;
}

/**
 * Which rows every update of a training reads: a function of (rows, options, update), so that a training can go on
 * at any update. The order is that of PyTorch's `DataLoader` with the same seed. The last batch of an epoch may be
 * smaller, and its last update may have fewer batches.
 */
export class BatchPlan {
  readonly updatesPerEpoch: number;
  readonly totalUpdates: number;
  readonly #options: BatchPlanOptions;
  readonly #lengths: Uint32Array | undefined;
  readonly #order: EpochOrder;
  #epoch: { index: number; batches: Uint32Array[] } | undefined;

  /** @param rows.lengths Tokens of each row; without them nothing is grouped. */
  constructor(rows: { count: number; lengths: Uint32Array | undefined }, options: BatchPlanOptions) {
    const batches = Math.ceil(rows.count / options.batchSize);
    this.updatesPerEpoch = Math.ceil(batches / options.gradientAccumulationSteps);
    this.totalUpdates = this.updatesPerEpoch * options.epochs;
    this.#options = options;
    this.#lengths = options.groupByLength ? rows.lengths : undefined;
    this.#order = new EpochOrder(rows.count, options.seed);
  }

  /** Rows read by the first `updates` updates. */
  rowsAfter(updates: number): number {
    const { batchSize, gradientAccumulationSteps } = this.#options;
    const inEpoch = (updates % this.updatesPerEpoch) * batchSize * gradientAccumulationSteps;
    return Math.floor(updates / this.updatesPerEpoch) * this.#order.rows + inEpoch;
  }

  /** The batches of update `step`, from 0. */
  update(step: number): PlannedBatch[] {
    const epoch = Math.floor(step / this.updatesPerEpoch);
    if (this.#epoch?.index !== epoch) this.#epoch = { index: epoch, batches: this.#epochBatches(epoch) };
    const { batches } = this.#epoch;
    const size = this.#options.gradientAccumulationSteps;
    const first = (step % this.updatesPerEpoch) * size;
    return batches.slice(first, first + size).map((rows, i) => ({
      rows,
      index: epoch * batches.length + first + i,
    }));
  }

  #epochBatches(epoch: number): Uint32Array[] {
    const { batchSize, gradientAccumulationSteps } = this.#options;
    const order = this.#order.epoch(epoch);
    const lengths = this.#lengths;
    const grouped = lengths
      ? lengthGroupedOrder(order, lengths, batchSize * gradientAccumulationSteps)
      : order;
    return consecutiveBatches(grouped, batchSize);
  }
}
