import { Interrupted } from "../../core/errors.ts";
import { breathe, type WorkOptions } from "../../core/progress.ts";
import type { Tokenizer } from "../../core/text/tokenizer.ts";
import { type WordPieceOptions, wordPieceTokenizer } from "../../core/text/wordpiece-trainer.ts";
import { nodeRunner, type ThreadOptions } from "../worker/node-runner.ts";

/** Characters sent to the thread at once. */
const sentAtOnce = 1 << 20;

/**
 * Learns a WordPiece tokenizer from texts, as Hugging Face's `WordPieceTrainer` on BERT's normalizer and
 * pre-tokenizer: the most frequent pair of neighbouring symbols becomes a token, again and again. Between equally
 * frequent pairs the one with the lower ids wins, so that the same texts always give the same vocabulary. It runs in a
 * worker thread.
 *
 * @throws Interrupted if `signal` stops it.
 *
 * @example
 * const tokenizer = await trainWordPiece(train.texts(), { vocabularySize: 8000 });
 */
export async function trainWordPiece(
  texts: Iterable<string>,
  { worker, signal, ...options }: WordPieceOptions & ThreadOptions & Pick<WorkOptions, "signal"> = {},
): Promise<Tokenizer> {
  const runner = nodeRunner({ worker });
  const stop = () => void runner.stop(new Interrupted(undefined, { cause: signal?.reason }));
  signal?.addEventListener("abort", stop);
  try {
    await breathe(signal);
    const learner = await runner.wordPieces();
    for (const piece of pieces(texts)) {
      await learner.add(piece, options.lowercase ?? true);
      await breathe(signal);
    }
    const vocabulary = await learner.learn(options);
    await breathe(signal);
    return wordPieceTokenizer(vocabulary, options);
  } finally {
    signal?.removeEventListener("abort", stop);
    await runner.dispose();
  }
}

/** Texts in lists of about equal size. */
function* pieces(texts: Iterable<string>): Generator<string[]> {
  let piece: string[] = [];
  let characters = 0;
  for (const text of texts) {
    piece.push(text);
    characters += text.length;
    if (characters < sentAtOnce) continue;
    yield piece;
    piece = [];
    characters = 0;
  }
  if (piece.length > 0) yield piece;
}
