import { ModelError } from "../../errors.ts";
import { longestToken, readVocabulary, shown, textSetting, type WordModel } from "./vocabulary.ts";

/** `WordPiece`: at each place of a word the longest token of the vocabulary; a word with a gap is unknown. */
export class WordPiece implements WordModel {
  readonly ids: ReadonlyMap<string, number>;
  readonly unknownId: number | undefined;
  readonly #unknown: string;
  readonly #prefix: string;
  readonly #maxCharacters: number;
  readonly #longest: number;

  /** @throws ModelError if the settings are damaged. */
  constructor(json: Record<string, unknown>) {
    this.ids = readVocabulary(json.vocab);
    this.#unknown = textSetting(json, "unk_token") ?? "[UNK]";
    this.unknownId = this.ids.get(this.#unknown);
    this.#prefix = textSetting(json, "continuing_subword_prefix") ?? "##";
    const { max_input_chars_per_word: maxCharacters = 100 } = json;
    if (typeof maxCharacters !== "number" || !(maxCharacters >= 0)) {
      throw new ModelError("the model is damaged: max_input_chars_per_word must be a number from 0 up");
    }
    this.#maxCharacters = maxCharacters;
    this.#longest = longestToken(this.ids);
  }

  encode(word: string): number[] {
    const known = this.ids.get(word);
    if (word.length <= this.#maxCharacters) {
      if (known !== undefined) return [known];
    } else if (Array.from(word).length > this.#maxCharacters) return [this.#unknownWord(word)];

    const pieces: number[] = [];
    for (let start = 0; start < word.length; ) {
      const prefix = start > 0 ? this.#prefix : "";
      let end = Math.min(word.length, start + this.#longest);
      let id: number | undefined;
      while (start < end) {
        id = this.ids.get(prefix + word.slice(start, end));
        if (id !== undefined) break;
        end--;
      }
      if (id === undefined) return [this.#unknownWord(word)];
      pieces.push(id);
      start = end;
    }
    return pieces;
  }

  #unknownWord(word: string): number {
    if (this.unknownId !== undefined) return this.unknownId;
    throw new ModelError(
      `the vocabulary has no token for ${shown(word)}, and lacks ${shown(this.#unknown)}, which stands for unknown words`,
    );
  }
}
