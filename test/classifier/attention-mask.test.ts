import { expect, test as it } from "vitest";
import { Dataset } from "../../src/index.ts";
import { tinyClassifier, topicRows, train } from "./tiny.ts";

/** The same rows, once with texts of equal length side by side. */
const sorted = Dataset.fromRows(topicRows(96, 5).sort((a, b) => a.text.length - b.text.length));
const shuffled = sorted.shuffle({ seed: 1 });

it.each(["head", "all"] as const)(
  "without a mask a score depends on which rows share a batch: %s",
  async (trainable) => {
    const difference = async (attentionMask: boolean) => {
      const { history } = await tinyClassifier({ trainable }).fit(train, {
        ...{ evaluate: { sorted, shuffled }, epochs: 1, featureCache: false, attentionMask },
      });
      const { evaluations } = history.at(-1)!;
      return Math.abs(evaluations.sorted!.loss - evaluations.shuffled!.loss);
    };
    expect(await difference(true)).toBeLessThan(1e-7);
    expect(await difference(false)).toBeGreaterThan(1e-6);
  },
);
