import { DataError } from "../errors.ts";
import { NumpyGenerator } from "../random/numpy.ts";
import { type Strata, stratifiedRows, unstratifiable } from "./stratify.ts";

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
  /** Column of classes that both parts are to have in the same shares. @default rows are drawn whatever their class */
  stratifyBy?: string;
}

/** Rows of each part. */
interface PartSizes {
  train: number;
  test: number;
}

/**
 * Row indices of the two parts, as `train_test_split` of Hugging Face `datasets`: one permutation, of which the
 * first ⌈test · n⌉ are the test rows and the next ⌊train · n⌋ the train rows; without shuffling, train comes first.
 *
 * @param strata Classes that both parts are to have in the same shares.
 * @throws DataError where there are too few rows for that, or for the sizes.
 */
export function splitRows(
  length: number,
  options: Omit<TrainTestSplitOptions, "stratifyBy">,
  strata?: Strata,
): { train: Uint32Array; test: Uint32Array } {
  const { seed, shuffle = true } = options;
  const sizes = partSizes(length, options);
  if (!shuffle) {
    if (strata) throw new DataError("a stratified split shuffles the rows; leave out stratifyBy or shuffle");
    const order = Uint32Array.from({ length: sizes.train + sizes.test }, (_, i) => i);
    return { train: order.subarray(0, sizes.train), test: order.subarray(sizes.train) };
  }
  if (seed === undefined) throw new DataError("a shuffled split needs a seed, such as { seed: 42 }");
  const random = new NumpyGenerator(seed);
  if (strata) {
    const problem = unstratifiable(strata, [sizes.train, sizes.test]);
    if (problem !== undefined) throw new DataError(`${problem}; add rows, or split without stratifyBy`);
    return stratifiedRows(strata, sizes, random);
  }
  const order = random.permutation(length);
  return { test: order.subarray(0, sizes.test), train: order.subarray(sizes.test, sizes.test + sizes.train) };
}

/** @throws DataError where the sizes can't be had. */
export function partSizes(
  length: number,
  options: Pick<TrainTestSplitOptions, "testSize" | "trainSize">,
): PartSizes {
  const { trainSize } = options;
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
  return { train: trainRows, test: testRows };
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
