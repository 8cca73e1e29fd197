/**
 * Trains a spam filter from scratch on real mail: a small DistilBERT with a WordPiece vocabulary learned from the
 * training split. Nothing is downloaded; the mail is the SpamAssassin public corpus, from an npm package.
 *
 *     npm run demo
 */
import { Dataset, runSummary, saveRun, TextClassifier, TrainingDisplay, trainWordPiece } from "textune";
import { loadSpamCorpus } from "./corpus.ts";

const seed = 42;
const folder = "runs/spam";
const display = new TrainingDisplay();

display.print("Reading 6,046 mails of the SpamAssassin corpus …");
const { train, test, dropped } = await loadSpamCorpus({ seed });
const asDataset = (rows: { text: string; label: string }[], source: string) =>
  Dataset.fromRows(rows, { source });
const splits = {
  train: asDataset(train, "SpamAssassin train"),
  test: asDataset(test, "SpamAssassin test"),
};
display.print(
  `${train.length} to train on, ${test.length} held out; left out: ${dropped.duplicates} repeated, ` +
    `${dropped.nearDuplicates} almost repeated, ${dropped.adult} pornographic, ${dropped.empty} empty`,
);

// Both the vocabulary and the classes come from the training split alone.
const tokenizer = await trainWordPiece(splits.train.texts()[0]!, {
  vocabularySize: 8000,
  modelMaxLength: 128,
});
const classifier = TextClassifier.fromScratch({
  labels: splits.train.labels,
  tokenizer,
  seed,
  pooling: "mean",
  config: {
    model_type: "distilbert",
    dim: 128,
    n_layers: 2,
    n_heads: 4,
    hidden_dim: 512,
    max_position_embeddings: 128,
  },
});

const run = await classifier.fit(splits.train, {
  name: "spam",
  evaluate: { test: splits.test },
  epochs: 3,
  batchSize: 32,
  learningRate: 5e-4,
  warmupRatio: 0.1,
  seed,
  ...display.callbacks,
});
await saveRun(run, folder);

display.print(`\n${runSummary(run)}\n`);
display.print(`report  ${folder}/report.html`);
display.print(`model   ${folder}/model`);
for (const text of [
  "You have WON!!! Claim your free prize now, click here",
  "Re: patch for the installer\n\nThanks, applied. Could you also look at the build script?",
]) {
  const { label, score } = await classifier.predict(text);
  display.print(`${label} ${(100 * score).toFixed(1)} %  ${JSON.stringify(text)}`);
}
