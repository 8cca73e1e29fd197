import { DataError } from "../errors.ts";
import { NumpyGenerator } from "../random/numpy.ts";

/** How to cut a dataset in two. Sizes below 1 are a share of the rows, whole numbers a count. */
export interface TrainTestSplitOptions {
  /** @default what `trainSize` leaves, else 0.25 */
  testSize?: number;
  /** @default the rest */
  trainSize?: number;
  /** Needed unless `shuffle` is false. A non-negative whole number. */
  seed?: number;
  /** @default true */
  shuffle?: boolean;
}

/**
 * Row indices of the two parts, as `train_test_split` of Hugging Face `datasets`: one permutation, of which the
 * first ⌈test · n⌉ are the test rows and the next ⌊train · n⌋ the train rows; without shuffling, train comes first.
 */
export function splitRows(
  length: number,
  options: TrainTestSplitOptions,
): { train: Uint32Array; test: Uint32Array } {
  const { trainSize, seed, shuffle = true } = options;
  const testSize = options.testSize ?? (trainSize === undefined ? 0.25 : undefined);
  const test = testSize === undefined ? undefined : rowCount("testSize", testSize, length, Math.ceil);
  const train = trainSize === undefined ? undefined : rowCount("trainSize", trainSize, length, Math.floor);
  const testRows = test ?? length - train!;
  const trainRows = train ?? length - testRows;
  if (trainRows + testRows > length) {
    throw new DataError(`trainSize and testSize take ${trainRows + testRows} rows of ${length}`);
  }
  if (trainRows === 0) {
    throw new DataError(`testSize ${testSize} leaves none of the ${length} rows for training`);
  }
  if (!shuffle) {
    const order = Uint32Array.from({ length: trainRows + testRows }, (_, i) => i);
    return { train: order.subarray(0, trainRows), test: order.subarray(trainRows) };
  }
  if (seed === undefined) throw new DataError("a shuffled split needs a seed, such as { seed: 42 }");
  const order = new NumpyGenerator(seed).permutation(length);
  return { test: order.subarray(0, testRows), train: order.subarray(testRows, testRows + trainRows) };
}

function rowCount(option: string, size: number, length: number, round: (rows: number) => number): number {
  const valid = size < 1 ? size > 0 : Number.isInteger(size) && size < length;
  if (!valid) {
    throw new DataError(
      `${option} is ${size}; it must be a share between 0 and 1 or a number of rows below ${length}`,
    );
  }
  return size < 1 ? round(size * length) : size;
}
