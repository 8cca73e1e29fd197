import { ModelError } from "../../errors.ts";
import { readVocabulary, shown, textSetting, type WordModel } from "./vocabulary.ts";

/** `WordLevel`: a word is a token of the vocabulary or unknown. */
export class WordLevel implements WordModel {
  readonly ids: ReadonlyMap<string, number>;
  readonly unknownId: number | undefined;
  readonly #unknown: string;

  /** @throws ModelError if the settings are damaged. */
  constructor(json: Record<string, unknown>) {
    this.ids = readVocabulary(json.vocab);
    this.#unknown = textSetting(json, "unk_token") ?? "<unk>";
    this.unknownId = this.ids.get(this.#unknown);
  }

  encode(word: string): number[] {
    const id = this.ids.get(word) ?? this.unknownId;
    if (id !== undefined) return [id];
    throw new ModelError(
      `the vocabulary has no token for ${shown(word)}, and lacks ${shown(this.#unknown)}, which stands for unknown words`,
    );
  }
}
