import type { Prediction, TextInput } from "./predict.ts";

/** Texts that are under way at once: enough for full batches of rows of similar length. */
const mostUnderWay = 128;

/**
 * Classifies texts as they come and gives the predictions in their order, without waiting for the end. While the source
 * has nothing new, what is done is given out.
 */
export async function* predictEach(
  inputs: AsyncIterable<TextInput> | Iterable<TextInput>,
  predict: (input: TextInput, signal: AbortSignal) => Promise<Prediction>,
): AsyncGenerator<Prediction, void, undefined> {
  const iterator =
    Symbol.asyncIterator in inputs ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]();
  const stop = new AbortController();
  const underWay: Promise<Prediction>[] = [];
  const pull = async () => iterator.next();
  let next: Promise<IteratorResult<TextInput>> | undefined = pull();
  try {
    while (next || underWay.length > 0) {
      const oldest = underWay[0];
      const event: IteratorResult<TextInput> | "answered" =
        next && underWay.length < mostUnderWay
          ? await Promise.race([next, ...(oldest ? [oldest.then(() => "answered" as const)] : [])])
          : "answered";
      if (event === "answered") {
        underWay.shift();
        yield await oldest!;
      } else if (event.done) {
        next = undefined;
      } else {
        const prediction = predict(event.value, stop.signal);
        // Whoever is in front fails first; what fails behind it is heard when its turn comes, or never.
        prediction.catch(() => {});
        underWay.push(prediction);
        next = pull();
      }
    }
  } finally {
    stop.abort();
    next?.catch(() => {});
    if (next) void iterator.return?.();
  }
}
