import { describe, expect, test as it } from "vitest";
import type { Prediction, TextClassifier, TextInput } from "../../src/index.ts";
import { tinyClassifier, topicRows } from "./tiny.ts";

const texts = topicRows(100, 7).map(({ text }) => text);

/** What predictions say to six digits: rows share batches as they come, which moves the last ones. */
const rounded = (predictions: readonly Prediction[]) =>
  predictions.map(({ label, score }) => `${label} ${score.toFixed(6)}`);

describe.each([false, true])("calls of predict at the same time, in a worker thread: %s", (worker) => {
  it("are answered in their order, as each would be alone", async () => {
    await using classifier = tinyClassifier({ worker });
    const together = await classifier.predict(texts);
    const order: number[] = [];
    const answers = await Promise.all(
      texts.map(async (text, i) => {
        const prediction = await classifier.predict(text);
        order.push(i);
        return prediction;
      }),
    );
    expect(rounded(answers)).toEqual(rounded(together));
    expect(order).toEqual(texts.map((_, i) => i));
  });

  it("are stopped one by one, without harm to the others", async () => {
    await using classifier = tinyClassifier({ worker });
    const together = rounded(await classifier.predict(texts));
    const stopper = new AbortController();
    const reason = new Error("not wanted any more");
    const settled = Promise.allSettled(
      texts.map((text, i) => classifier.predict(text, i % 3 === 0 ? { signal: stopper.signal } : {})),
    );
    stopper.abort(reason);
    for (const [i, outcome] of (await settled).entries()) {
      if (outcome.status === "fulfilled") expect(rounded([outcome.value])[0]).toBe(together[i]);
      else expect(outcome.reason).toMatchObject({ name: "AbortError", cause: reason });
      expect(outcome.status).toBe(i % 3 === 0 ? "rejected" : "fulfilled");
    }
  });

  it("are done before the classifier is gone", async () => {
    const classifier = tinyClassifier({ worker });
    const answer = classifier.predict(texts);
    await classifier.dispose();
    expect(await answer).toHaveLength(texts.length);
    await expect(classifier.predict(texts)).rejects.toThrow(/disposed of/);
  });
});

describe("options of predict", () => {
  it("keep the best scores, give logits, and bound the batches", async () => {
    const classifier = tinyClassifier();
    const [all] = await classifier.predict(texts.slice(0, 1));
    const [best] = await classifier.predict(texts.slice(0, 1), { topK: 2, logits: true, batchSize: 1 });
    const sorted = Object.entries(all!.scores).sort((a, b) => b[1] - a[1]);
    expect(Object.entries(best!.scores)).toEqual(sorted.slice(0, 2));
    const exponentials = best!.logits!.map(Math.exp);
    const sum = exponentials.reduce((a, b) => a + b, 0);
    for (const [i, value] of exponentials.entries()) {
      expect(value / sum).toBeCloseTo(all!.scores[classifier.labels[i]!]!, 6);
    }
    await expect(classifier.predict(texts, { topK: 0 })).rejects.toThrow(/topK/);
    const done: number[] = [];
    await classifier.predict(texts.slice(0, 10), { batchSize: 4, onProgress: (p) => done.push(p.done) });
    expect(done).toEqual([4, 8, 10]);
  });
});

describe("embed", () => {
  it("gives what the head makes the logits of", async () => {
    const classifier = tinyClassifier({ pooling: "mean" });
    const features = await classifier.embed(texts);
    expect(features.map((row) => row.length)).toEqual(texts.map(() => 32));
    const one = await classifier.embed(texts[3]!);
    for (const [i, value] of one.entries()) expect(value).toBeCloseTo(features[3]![i]!, 5);
  });
});

describe("predictStream", () => {
  const classifier: TextClassifier = tinyClassifier();

  it("gives what predict gives, in order, and reads ahead no more than 128 texts", async () => {
    const many = topicRows(400, 8).map(({ text }) => text);
    let read = 0;
    let given = 0;
    let furthest = 0;
    async function* source(): AsyncGenerator<TextInput> {
      for (const text of many) {
        read++;
        furthest = Math.max(furthest, read - given);
        yield text;
      }
    }
    const predictions: Prediction[] = [];
    for await (const prediction of classifier.predictStream(source())) {
      given++;
      predictions.push(prediction);
    }
    expect(rounded(predictions)).toEqual(rounded(await classifier.predict(many)));
    expect(furthest).toBeLessThanOrEqual(130);
  });

  it("answers while its source waits, and ends with the loop", async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<TextInput> {
      try {
        yield texts[0]!;
        yield texts[1]!;
        await new Promise(() => {});
      } finally {
        isClosed = true;
      }
    }
    const given: Prediction[] = [];
    for await (const prediction of classifier.predictStream(source())) {
      given.push(prediction);
      if (given.length === 2) break;
    }
    expect(given).toHaveLength(2);
    expect(isClosed).toBe(false);
  });

  it("fails at the turn of the text that is wrong", async () => {
    const given: Prediction[] = [];
    const reading = async () => {
      for await (const prediction of classifier.predictStream([texts[0]!, texts[1]!, " ", texts[2]!])) {
        given.push(prediction);
      }
    };
    await expect(reading()).rejects.toThrow(/empty/);
    expect(given).toHaveLength(2);
  });
});
