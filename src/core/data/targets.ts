/** Whether every row is of exactly one class, or of any number of them. */
export const tasks = ["singleLabel", "multiLabel"] as const;
export type Task = (typeof tasks)[number];

/** What is said of a row: the index of its class or, where it may be of several, their indices in rising order. */
export type Answer = number | number[];

/** The classes of an answer. */
export const classesOf = (answer: Answer): number[] => (typeof answer === "number" ? [answer] : answer);

/** Whether two answers say the same. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  if (typeof a === "number" || typeof b === "number") return a === b;
  return a.length === b.length && a.every((label, i) => label === b[i]);
}

/** The classes whose flags are 1. */
export function answerOf(flags: ArrayLike<number>): number[] {
  return Array.from(flags).flatMap((flag, label) => (flag === 1 ? [label] : []));
}

/** Targets as plain data. */
export interface TargetsData {
  task: Task;
  classes: number;
  /** As `Targets.values`. */
  values: Int32Array;
}

/** What a model is to say of every row of a dataset, in the form that losses and metrics read. */
export class Targets {
  readonly task: Task;
  readonly rows: number;
  readonly classes: number;
  /** Class indices, [rows]; of a multi-label task row-major [rows, classes], 1 where the class applies, else 0. */
  readonly values: Int32Array;

  private constructor(task: Task, rows: number, classes: number, values: Int32Array) {
    this.task = task;
    this.rows = rows;
    this.classes = classes;
    this.values = values;
  }

  /** One class a row. @param ids class indices, [rows] */
  static ofClasses(ids: Int32Array, classes: number): Targets {
    return new Targets("singleLabel", ids.length, classes, ids);
  }

  /** Any number of classes a row. @param flags 1 where a class applies, row-major [rows, classes] */
  static ofSets(flags: Int32Array, classes: number): Targets {
    return new Targets("multiLabel", flags.length / classes, classes, flags);
  }

  static fromData({ task, classes, values }: TargetsData): Targets {
    return task === "singleLabel" ? Targets.ofClasses(values, classes) : Targets.ofSets(values, classes);
  }

  /** These as plain data; nothing is copied. */
  data(): TargetsData {
    const { task, classes, values } = this;
    return { task, classes, values };
  }

  /** Numbers of a row. */
  get width(): number {
    return this.task === "singleLabel" ? 1 : this.classes;
  }

  /** `values` of some rows, in this order. */
  of(rows: Uint32Array): Int32Array {
    const { width } = this;
    const chosen = new Int32Array(rows.length * width);
    for (const [i, row] of rows.entries()) {
      chosen.set(this.values.subarray(row * width, (row + 1) * width), i * width);
    }
    return chosen;
  }

  /** Some of the rows, in this order. */
  select(rows: Uint32Array): Targets {
    return new Targets(this.task, rows.length, this.classes, this.of(rows));
  }

  /** What is to be said of a row. */
  answer(row: number): Answer {
    const { width } = this;
    return this.task === "singleLabel"
      ? this.values[row]!
      : answerOf(this.values.subarray(row * width, (row + 1) * width));
  }

  /** Rows of each class, [classes]. */
  counts(): number[] {
    const counts = new Array<number>(this.classes).fill(0);
    for (const [i, value] of this.values.entries()) {
      if (this.task === "singleLabel") counts[value]! += 1;
      else counts[i % this.classes]! += value;
    }
    return counts;
  }

  /** Rows of 0, 1, 2, … classes, up to the most that a row has. */
  rowsBySize(): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.rows; row++) {
      const size = classesOf(this.answer(row)).length;
      while (rows.length <= size) rows.push(0);
      rows[size]! += 1;
    }
    return rows;
  }
}
