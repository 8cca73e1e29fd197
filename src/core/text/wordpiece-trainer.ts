import { bertNormalize, bertWords } from "./bert-normalizer.ts";
import { PairQueue } from "./pair-queue.ts";
import { Tokenizer } from "./tokenizer.ts";
import { BERT_TOKENS, bertTokenizerJson } from "./vocabulary-files.ts";

/** How a vocabulary is learned. */
export interface WordPieceOptions {
  /** Tokens to learn at most, special tokens and single characters included. @default 30522, as BERT's */
  vocabularySize?: number;
  /** Pairs that occur less often than this are not merged. @default 2 */
  minFrequency?: number;
  /** The most frequent characters to keep; others are unknown. @default 1000 */
  limitAlphabet?: number;
  /** Treat upper and lower case alike and drop accents. @default true */
  lowercase?: boolean;
  /** The longest row that the model will read; kept in `tokenizer_config.json`. @default no limit */
  modelMaxLength?: number;
}

const PREFIX = "##";

/** A pair (a, b) of token ids as one number: vocabularies stay far below 2²⁶ tokens. */
const KEY_BASE = 2 ** 26;

/**
 * Learns a WordPiece tokenizer from texts, as Hugging Face's `WordPieceTrainer` on BERT's normalizer and
 * pre-tokenizer: the most frequent pair of neighbouring symbols becomes a token, again and again. Between equally
 * frequent pairs the one with the lower ids wins, so that the same texts always give the same vocabulary.
 *
 * @example
 * const tokenizer = trainWordPiece(train.texts, { vocabularySize: 8000 });
 */
export function trainWordPiece(texts: Iterable<string>, options: WordPieceOptions = {}): Tokenizer {
  const { lowercase = true } = options;
  return wordPieceTokenizer(learnWordPieces(countWords(texts, lowercase), options), options);
}

/** The tokenizer of a vocabulary that was learned with these options. */
export function wordPieceTokenizer(vocabulary: string[], options: WordPieceOptions = {}): Tokenizer {
  const { lowercase = true, modelMaxLength } = options;
  const config = {
    ...BERT_TOKENS,
    tokenizer_class: "BertTokenizer",
    do_lower_case: lowercase,
    ...(modelMaxLength !== undefined && { model_max_length: modelMaxLength }),
  };
  return Tokenizer.fromJson(bertTokenizerJson(vocabulary, config), config);
}

/** Adds the words of texts, as BERT cuts them, to their counts. */
export function countWords(
  texts: Iterable<string>,
  lowercase: boolean,
  counts: Map<string, number> = new Map(),
): Map<string, number> {
  const normalizer = { clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase };
  for (const text of texts) {
    for (const word of bertWords(bertNormalize(text, normalizer))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

/** The vocabulary in the order of its ids: special tokens, characters, `##` characters, merged tokens. */
export function learnWordPieces(
  wordCounts: ReadonlyMap<string, number>,
  { vocabularySize = 30522, minFrequency = 2, limitAlphabet = 1000 }: WordPieceOptions = {},
): string[] {
  const vocabulary = new Vocabulary(Object.values(BERT_TOKENS));
  const words = spellWords(wordCounts, vocabulary, limitAlphabet);
  const pairs = new PairCounts(words);
  const queue = new PairQueue();
  const enqueue = (key: number) => {
    const count = pairs.count(key);
    if (count >= Math.max(1, minFrequency)) queue.push({ key, count });
  };
  for (const key of pairs.keys()) enqueue(key);

  while (vocabulary.tokens.length < vocabularySize) {
    const top = queue.pop();
    if (!top) break;
    if (top.count !== pairs.count(top.key)) {
      // Other merges have changed its count since it was queued.
      enqueue(top.key);
      continue;
    }
    const [left, right] = [Math.floor(top.key / KEY_BASE), top.key % KEY_BASE];
    const [leftText, rightText] = [vocabulary.tokens[left]!, vocabulary.tokens[right]!];
    const merged = vocabulary.add(leftText + rightText.slice(PREFIX.length));
    for (const key of pairs.merge(left, right, merged)) enqueue(key);
  }
  return vocabulary.tokens;
}

class Vocabulary {
  readonly tokens: string[] = [];
  readonly #ids = new Map<string, number>();

  constructor(tokens: readonly string[]) {
    for (const token of tokens) this.add(token);
  }

  /** The token's id, a new one if it has none: different merges may spell the same token. */
  add(token: string): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    this.tokens.push(token);
    this.#ids.set(token, this.tokens.length - 1);
    return this.tokens.length - 1;
  }
}

interface SpelledWord {
  symbols: number[];
  count: number;
}

/** Words as ids of characters; the characters are added to the vocabulary, those beyond the limit left out. */
function spellWords(
  wordCounts: ReadonlyMap<string, number>,
  vocabulary: Vocabulary,
  limitAlphabet: number,
): SpelledWord[] {
  const characterCounts = new Map<string, number>();
  const continuing = new Set<string>();
  for (const [word, count] of wordCounts) {
    for (const [i, character] of [...word].entries()) {
      characterCounts.set(character, (characterCounts.get(character) ?? 0) + count);
      if (i > 0) continuing.add(character);
    }
  }
  const byCodePoint = (a: string, b: string) => a.codePointAt(0)! - b.codePointAt(0)!;
  const alphabet = [...characterCounts.keys()]
    .sort((a, b) => characterCounts.get(b)! - characterCounts.get(a)! || byCodePoint(a, b))
    .slice(0, limitAlphabet)
    .sort(byCodePoint);
  for (const character of alphabet) vocabulary.add(character);
  for (const character of alphabet) if (continuing.has(character)) vocabulary.add(PREFIX + character);

  const kept = new Set(alphabet);
  return Array.from(wordCounts, ([word, count]) => ({
    count,
    symbols: [...word].flatMap((character, i) =>
      kept.has(character) ? [vocabulary.add(i > 0 ? PREFIX + character : character)] : [],
    ),
  }));
}

/** How often each pair of neighbouring symbols occurs, and in which words. */
class PairCounts {
  readonly #counts = new Map<number, number>();
  readonly #places = new Map<number, Set<SpelledWord>>();

  constructor(words: readonly SpelledWord[]) {
    for (const word of words) this.#countPairs(word, word.count);
  }

  keys(): Iterable<number> {
    return this.#counts.keys();
  }

  count(key: number): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Replaces the pair by one symbol in every word that has it. Returns the pairs that the symbol now takes part in. */
  merge(left: number, right: number, merged: number): Iterable<number> {
    const key = left * KEY_BASE + right;
    const grown = new Set<number>();
    for (const word of this.#places.get(key) ?? []) {
      const symbols: number[] = [];
      for (let i = 0; i < word.symbols.length; i++) {
        const isPair = word.symbols[i] === left && word.symbols[i + 1] === right;
        symbols.push(isPair ? merged : word.symbols[i]!);
        if (isPair) i++;
      }
      if (symbols.length === word.symbols.length) continue;
      this.#countPairs(word, -word.count);
      word.symbols = symbols;
      this.#countPairs(word, word.count);
      for (let i = 0; i + 1 < symbols.length; i++) {
        if (symbols[i] === merged || symbols[i + 1] === merged)
          grown.add(symbols[i]! * KEY_BASE + symbols[i + 1]!);
      }
    }
    this.#places.delete(key);
    return grown;
  }

  #countPairs(word: SpelledWord, change: number): void {
    const { symbols } = word;
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = symbols[i]! * KEY_BASE + symbols[i + 1]!;
      this.#counts.set(key, this.count(key) + change);
      if (change < 0) continue;
      const places = this.#places.get(key);
      if (places) places.add(word);
      else this.#places.set(key, new Set([word]));
    }
  }
}
