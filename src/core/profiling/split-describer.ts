import type { Features } from "../data/features.ts";
import { asTexts } from "../data/texts.ts";
import { cellOf, type Row, type Value } from "../data/values.ts";
import { LengthCounts } from "../text/length-summary.ts";
import { countCharacters, countWords } from "../text/words.ts";
import { ColumnType } from "./column-types.ts";
import type { SplitDescription } from "./description.ts";
import { DuplicateCounts } from "./duplicates.ts";
import { type LabelPlace, LabelReader } from "./label-reader.ts";
import { Samples } from "./samples.ts";
import { type TextKeys, textKeys } from "./text-keys.ts";
import { TokenCounts, type TokenizerInUse } from "./token-counts.ts";
import { Vocabulary } from "./vocabulary.ts";

/** The columns of a split, before all its rows are known. */
export interface SplitColumns {
  name: string;
  source: string;
  textColumns: string[];
  labels: LabelPlace | undefined;
  columns: string[];
  declared: Features;
  narrow?: (values: Value[]) => Value[];
}

export interface SplitDescriberOptions {
  tokenizer?: TokenizerInUse;
  /** Rows drawn of each class. */
  samples: number;
  seed: number;
}

/** The feature declared for a column, whatever it is called. */
export const declaredFeature = (declared: Features, name: string) =>
  Object.hasOwn(declared, name) ? declared[name] : undefined;

/**
 * Describes a split while its rows go by. It keeps counts, not rows: memory grows with the number of distinct texts
 * (some 40 bytes each, up to a limit) and words, not with the size of the texts.
 */
export class SplitDescriber {
  readonly vocabulary = new Vocabulary();
  readonly #split: SplitColumns;
  readonly #types: ColumnType[];
  readonly #characters: LengthCounts[];
  readonly #words: LengthCounts[];
  readonly #labels: LabelReader | undefined;
  readonly #tokens: TokenCounts | undefined;
  readonly #duplicates = new DuplicateCounts();
  readonly #samples: Samples;
  #rows = 0;
  #emptyTexts = 0;
  #oneWordTexts = 0;

  constructor(split: SplitColumns, { tokenizer, samples, seed }: SplitDescriberOptions) {
    this.#split = split;
    this.#types = split.columns.map(
      (name) => new ColumnType(declaredFeature(split.declared, name), split.narrow),
    );
    this.#characters = split.textColumns.map(() => new LengthCounts());
    this.#words = split.textColumns.map(() => new LengthCounts());
    this.#tokens = tokenizer && new TokenCounts(tokenizer, split.textColumns.length > 1);
    this.#labels = split.labels && new LabelReader(split.labels);
    this.#samples = new Samples(samples, seed);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds a row. @returns its texts and what they are compared by */
  add(row: Row): { texts: string[]; keys: TextKeys } {
    const { columns, textColumns, source } = this.#split;
    for (const [i, name] of columns.entries()) this.#types[i]!.add(cellOf(row, name));
    const texts = textColumns.map((name) => textOf(cellOf(row, name), name, source));
    const keys = textKeys(texts);
    let words = 0;
    for (const [i, text] of texts.entries()) {
      const count = countWords(text);
      words += count;
      this.#characters[i]!.add(countCharacters(text));
      this.#words[i]!.add(count);
    }
    if (texts.some((text) => text.trim() === "")) this.#emptyTexts++;
    else if (keys.words.length <= 1) this.#oneWordTexts++;
    this.#tokens?.add(texts, words);
    this.vocabulary.add(keys.words);
    const label = this.#labels?.add(row);
    this.#duplicates.add(keys, this.#rows, texts, label?.number);
    const classes = label?.classes ?? [];
    for (const each of classes.length > 0 ? classes : [null]) this.#samples.add(each, this.#rows, texts);
    this.#rows++;
    return { texts, keys };
  }

  describe(): SplitDescription {
    const { name, source, columns, textColumns } = this.#split;
    const labelColumns = this.#split.labels?.source.columns;
    const labelType = labelColumns && this.#types[columns.indexOf(labelColumns[0]!)]!.feature;
    const found = labelType && this.#labels!.describe(labelType);
    const labels = typeof found === "object" ? found : undefined;
    return {
      name,
      source,
      rows: this.#rows,
      columns: columns.map((column, i) => {
        const { feature, missing } = this.#types[i]!;
        return { name: column, type: feature.type, missing };
      }),
      textColumns,
      ...(labelColumns && { labelColumns: [...labelColumns] }),
      ...(labels && { labels }),
      ...(typeof found === "string" && { labelProblem: found }),
      texts: textColumns.map((column, i) => ({
        column,
        characters: this.#characters[i]!.describe(),
        words: this.#words[i]!.describe(),
      })),
      emptyTexts: this.#emptyTexts,
      oneWordTexts: this.#oneWordTexts,
      vocabulary: this.vocabulary.size,
      ...(this.#tokens && { tokens: this.#tokens.describe() }),
      duplicates: this.#duplicates.describe(),
      samples: this.#samples.describe(labels && this.#labels!.classFeature(labelType!), labels?.names ?? []),
    };
  }
}

function textOf(value: Value, column: string, source: string): string {
  return typeof value === "string"
    ? value
    : asTexts([value], { type: "json" }, `column "${column}" of ${source}`)[0]!;
}
