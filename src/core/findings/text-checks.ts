import { counted, integer, percent } from "../format.ts";
import type { Finding } from "../training/run-record.ts";
import type { SplitFacts } from "./split-facts.ts";

/** Share of tokens lost to truncation, or of rows that lose some, from which it is a warning; below a note. */
const MANY_TOKENS_LOST = 0.2;
const MANY_ROWS_CUT = 0.5;
const FEW_ROWS_CUT = 0.01;
/** Share of rows from which one-word texts are a warning. */
const MANY_SHORT = 0.05;
/** Share of unknown tokens from which the tokenizer doesn't fit the texts. */
const MANY_UNKNOWN = 0.05;
/** Ratio of the medians from which two splits differ in length. */
const LENGTH_RATIO = 2;
/** Share of the words of an evaluation split that training never shows: of 1,000 news articles it is about 13 %. */
const MANY_UNSEEN = 0.25;
/** A training split of fewer rows misses many words of any other. */
const LEAST_ROWS = 1000;

/** Rows without a text. */
export function emptyTexts({ name, rows, emptyTexts }: SplitFacts): Finding | undefined {
  if (emptyTexts === 0) return undefined;
  return {
    code: "empty-texts",
    severity: "warning",
    found: `${name} has ${counted(emptyTexts, "row")} without a text, of ${integer(rows)}.`,
    why: "There is nothing to classify in them; training stops at the first of them.",
    advice: "Fill them in, or leave them out (dropEmpty: true).",
  };
}

/** Texts of a single word. */
export function oneWordTexts({ name, rows, oneWordTexts }: SplitFacts): Finding | undefined {
  if (oneWordTexts === 0) return undefined;
  return {
    code: "one-word-texts",
    severity: oneWordTexts / rows >= MANY_SHORT ? "warning" : "note",
    found: `${name} has ${counted(oneWordTexts, "row")} of a single word or none, of ${integer(rows)}.`,
    why: "So little text seldom decides a class; often the rest was lost, or the wrong column is read.",
    advice: "Look at these rows, and check which column holds the text (textColumns).",
  };
}

/** What truncation takes away from the splits, said once for all of them: they are cut at the same length. */
export function truncatedText(splits: readonly SplitFacts[]): Finding | undefined {
  const cut = splits.flatMap(({ name, rows, truncation }) =>
    truncation && truncation.rows / rows >= FEW_ROWS_CUT
      ? [{ name, ...truncation, share: truncation.rows / rows }]
      : [],
  );
  const [first] = cut;
  if (!first) return undefined;
  const isMuch = cut.some(({ tokens, share }) => tokens >= MANY_TOKENS_LOST || share >= MANY_ROWS_CUT);
  const losses = cut.map(
    ({ name, tokens, rows, share }, i) =>
      `${name} ${i === 0 ? "loses " : ""}${percent(tokens)}${i === 0 ? " of its tokens" : ""}, in ${counted(rows, "row")} (${percent(share)})`,
  );
  return {
    code: "truncation",
    severity: isMuch ? "warning" : "note",
    found: `Cut at ${integer(first.limit)} tokens, ${losses.join("; ")}.`,
    why: "The model never reads the end of these texts.",
    advice:
      "Raise truncation if the model has room for more, take a model with a longer input, or put what matters first.",
  };
}

/** Tokens that the vocabulary doesn't know. */
export function unknownTokens({ name, unknownTokens }: SplitFacts): Finding | undefined {
  if (unknownTokens === undefined || unknownTokens < MANY_UNKNOWN) return undefined;
  return {
    code: "unknown-tokens",
    severity: "warning",
    found: `${percent(unknownTokens)} of the tokens of ${name} are not in the model's vocabulary.`,
    why: "They all look the same to the model: what they say is lost.",
    advice: "Take a model that was made for this language or script.",
  };
}

/** Two splits of very different length. */
export function lengthShift(train: SplitFacts, test: SplitFacts): Finding | undefined {
  for (const [i, { unit, summary }] of train.lengths.entries()) {
    const [a, b] = [summary.median, test.lengths[i]?.summary.median ?? summary.median];
    if (a === b || Math.max(a, b) < LENGTH_RATIO * Math.min(a, b)) continue;
    return {
      code: "length-shift",
      severity: "warning",
      found: `Rows of ${test.name} have ${integer(b)} ${unit} in the median, rows of ${train.name} ${integer(a)}.`,
      why: "The model is scored on texts unlike those it learnt from, so the score may not hold for either kind.",
      advice: "Check that both splits come from the same source and that the same columns are read.",
    };
  }
  return undefined;
}

/**
 * An evaluation split in other words than the training split.
 *
 * @param unseenWords Share of its words, each as often as it comes, that training never shows, 0 to 1.
 */
export function vocabularyShift(
  train: Pick<SplitFacts, "name" | "rows">,
  test: Pick<SplitFacts, "name">,
  unseenWords: number,
): Finding | undefined {
  if (unseenWords < MANY_UNSEEN || train.rows < LEAST_ROWS) return undefined;
  return {
    code: "vocabulary-shift",
    severity: "warning",
    found: `${percent(unseenWords)} of the words of ${test.name} never occur in ${train.name}.`,
    why: "The two splits speak of different things, or in different languages: what is learnt from one may not help with the other.",
    advice: "Look at sample rows of both, and draw both from the same source.",
  };
}
