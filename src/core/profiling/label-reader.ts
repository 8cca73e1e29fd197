import type { Feature } from "../data/features.ts";
import { type LabelSource, labelFeature, rowLabel } from "../data/label-source.ts";
import type { Task } from "../data/targets.ts";
import { cellOf, type Row, type Value } from "../data/values.ts";
import { LabelCounts, type LabelDescription } from "./label-counts.ts";
import { LabelSetCounts } from "./label-set-counts.ts";

/** What a row's label tells the counts. */
export interface ReadLabel {
  /** A number for the label, the same for the same class or the same set of classes; undefined where there is none. */
  number: number | undefined;
  /** Its class, or its classes, each once, as they are stored; none where it has no label or no class applies. */
  classes: Value[];
}

/** Where the labels of a split stand, and whether rows are of one class each. */
export interface LabelPlace {
  source: LabelSource;
  task: Task;
}

/** Reads and counts the labels of rows that go by. */
export class LabelReader {
  readonly #source: LabelSource;
  readonly #classes = new LabelCounts();
  readonly #sets: LabelSetCounts | undefined;

  constructor({ source, task }: LabelPlace) {
    this.#source = source;
    this.#sets = task === "multiLabel" ? new LabelSetCounts() : undefined;
  }

  add(row: Row): ReadLabel {
    const cells = this.#source.columns.map((name) => cellOf(row, name));
    if (!this.#sets) {
      const number = this.#classes.add(cells[0]!);
      return { number, classes: number === undefined ? [] : [cells[0]!] };
    }
    const label = rowLabel(this.#source, cells);
    const number = this.#sets.add(label);
    return { number, classes: number !== undefined && "classes" in label ? [...new Set(label.classes)] : [] };
  }

  /**
   * @param feature What the first of the source's columns turned out to hold.
   * @returns or why the rows have no classes
   */
  describe(feature: Feature): LabelDescription | string {
    return (this.#sets ?? this.#classes).describe(labelFeature(this.#source, feature));
  }

  /** What each class is, given the same. */
  classFeature(feature: Feature): Feature {
    const labels = labelFeature(this.#source, feature);
    return labels.type === "list" ? (labels.items ?? { type: "json" }) : labels;
  }
}
