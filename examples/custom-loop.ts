/**
 * A training loop of one's own: every update is written out here, so that anything in it can be changed. It runs in the
 * thread that it is called in.
 *
 * npx tsx examples/custom-loop.ts
 */

import { TextClassifier, TokenSource, TrainingStep, tokenizeRows, trainWordPiece, Updater } from "textune";

/** Trains a model to tell questions from statements; gives the mean loss of every epoch, and the trained classifier. */
export async function customLoop(epochs = 12): Promise<{ losses: number[]; classifier: TextClassifier }> {
  const subjects = ["the train", "my order", "the shop", "your friend", "the new film", "dinner"];
  const texts = subjects.flatMap((subject) => [
    `is ${subject} late`,
    `when is ${subject} ready`,
    `${subject} is late`,
    `i know ${subject}`,
  ]);
  const answers = Int32Array.from(texts, (text) => Number(/^(is|when)/.test(text)));
  const classifier = TextClassifier.fromScratch({
    labels: ["statement", "question"],
    tokenizer: await trainWordPiece(texts),
    config: { model_type: "distilbert", dim: 32, n_heads: 4, hidden_dim: 64, n_layers: 1 },
    worker: false,
  });
  const { graph, trained, parameters } = classifier.trainingModel();
  const step = await TrainingStep.compile(graph, trained);
  const rate = { optimizer: "adamw", learningRate: 5e-3, weightDecay: 0.01, schedule: "linear" } as const;
  const updater = new Updater(step, parameters, { ...rate, warmupSteps: 5, maxGradNorm: 1 }, epochs * 3);
  const { tokenizer } = classifier;
  const source = new TokenSource(await tokenizeRows(tokenizer, texts), tokenizer.padId);
  const losses: number[] = [];
  for (let epoch = 0, seed = 0; epoch < epochs; epoch++) {
    let lossSum = 0;
    for (let part = 0; part < 3; part++) {
      const rows = Uint32Array.from({ length: 8 }, (_, i) => (i * 3 + part) % texts.length);
      const labels = Int32Array.from(rows, (row) => answers[row]!);
      const { tally } = await updater.update([{ batch: source.batch(rows), labels, dropoutSeed: seed++ }]);
      lossSum += tally.lossSum;
    }
    losses.push(lossSum / 3);
  }
  await step.release();
  await classifier.adopt(parameters);
  return { losses, classifier };
}

if (import.meta.filename === process.argv[1]) console.log((await customLoop()).losses);
