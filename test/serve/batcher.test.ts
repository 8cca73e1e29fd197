import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Batcher, type BatcherOptions, NotServed, type Predict } from "../../src/app/serve/batcher.ts";
import type { Prediction, TextInput } from "../../src/core/classifier/predict.ts";

const said = (input: TextInput): Prediction => {
  const label = typeof input === "string" ? input : `${input.text}/${input.pair}`;
  return { labels: [label], label, score: 1, scores: { [label]: 1 } };
};

/** A worker that answers when it is told to, and remembers what it was given. */
function slowWorker() {
  const batches: TextInput[][] = [];
  const waiting: (() => void)[] = [];
  const predict: Predict = (inputs) => {
    batches.push(inputs);
    return new Promise((resolve) => waiting.push(() => resolve(inputs.map(said))));
  };
  return { batches, predict, answer: () => waiting.shift()?.() };
}

const options = (changes: Partial<BatcherOptions> = {}): BatcherOptions => ({
  ...{ maxBatch: 8, maxWait: 0, maxQueue: 100, deadline: 60_000, ...changes },
});
const turn = () => new Promise((resolve) => setImmediate(resolve));
const labelsOf = async (answers: Promise<Prediction[]>) => (await answers).map(({ label }) => label);

describe("batching", () => {
  test("whatever requests come together, each gets its own answers in its own order", async () => {
    const text = fc.string({ minLength: 1, maxLength: 3 });
    const request = fc.oneof(
      fc.array(text, { minLength: 1, maxLength: 20 }),
      fc.array(fc.record({ text, pair: text }), { minLength: 1, maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        async (requests, maxBatch, workers) => {
          const sizes: number[] = [];
          const predict: Predict = async (inputs) => {
            sizes.push(inputs.length);
            expect(new Set(inputs.map((input) => typeof input)).size).toBe(1);
            await turn();
            return inputs.map(said);
          };
          const batcher = new Batcher(Array(workers).fill(predict), options({ maxBatch, maxQueue: 1000 }));
          const answers = await Promise.all(requests.map((inputs) => batcher.predict(inputs)));
          expect(answers).toEqual(requests.map((inputs) => inputs.map(said)));
          expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(maxBatch);
          expect(batcher.queued).toBe(0);
          await batcher.close();
        },
      ),
      { numRuns: 200 },
    );
  });

  test("while a worker is busy, what arrives becomes one batch", async () => {
    const { batches, predict, answer } = slowWorker();
    const batcher = new Batcher([predict], options());
    const all = ["a", "b", "c", "d"].map((text) => labelsOf(batcher.predict([text])));
    expect(batches).toEqual([["a"]]);
    expect(batcher.queued).toBe(3);
    answer();
    await turn();
    expect(batches).toEqual([["a"], ["b", "c", "d"]]);
    answer();
    expect(await Promise.all(all)).toEqual([["a"], ["b"], ["c"], ["d"]]);
  });

  test("a full queue refuses with 429, and says when to come again", async () => {
    const { predict, answer } = slowWorker();
    const batcher = new Batcher([predict], options({ maxQueue: 2 }));
    const first = batcher.predict(["a"]);
    const waiting = batcher.predict(["b", "c"]);
    await expect(batcher.predict(["d"])).rejects.toMatchObject({ status: 429, retryAfter: 1 });
    answer();
    await turn();
    answer();
    expect(await labelsOf(first)).toEqual(["a"]);
    expect(await labelsOf(waiting)).toEqual(["b", "c"]);
  });

  test("after the deadline: 504 for what is under way, 503 for what waits, which is never begun", async () => {
    const { batches, predict, answer } = slowWorker();
    const batcher = new Batcher([predict], options({ deadline: 20 }));
    const [running, waiting] = [batcher.predict(["a"]), batcher.predict(["b"])];
    await expect(running).rejects.toMatchObject({ status: 504 });
    await expect(waiting).rejects.toMatchObject({ status: 503 });
    expect(batcher.queued).toBe(0);
    answer();
    await turn();
    expect(batches).toEqual([["a"]]);
  });

  test("who goes away leaves the queue; a batch that fails fails its own requests only", async () => {
    const { batches, predict, answer } = slowWorker();
    let fails = false;
    const batcher = new Batcher(
      [async (inputs) => (fails ? Promise.reject(new Error("broken")) : predict(inputs))],
      options(),
    );
    const first = batcher.predict(["a"]);
    const gone = new AbortController();
    const left = batcher.predict(["b"], gone.signal);
    gone.abort();
    await expect(left).rejects.toThrow(NotServed);
    answer();
    await first;
    fails = true;
    await expect(batcher.predict(["c"])).rejects.toThrow("broken");
    fails = false;
    const last = batcher.predict(["d"]);
    await turn();
    answer();
    expect(await labelsOf(last)).toEqual(["d"]);
    expect(batches).toEqual([["a"], ["d"]]);
  });

  test("closing answers what was taken, at once, and takes nothing more", async () => {
    const { predict, answer } = slowWorker();
    const batcher = new Batcher([predict], options({ maxWait: 60_000 }));
    const taken = labelsOf(batcher.predict(["a"]));
    const closed = batcher.close();
    await expect(batcher.predict(["b"])).rejects.toMatchObject({ status: 503 });
    answer();
    expect(await taken).toEqual(["a"]);
    await closed;
  });
});
