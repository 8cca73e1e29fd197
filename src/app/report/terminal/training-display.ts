import type { OnProgress } from "../../../core/progress.ts";
import type { Evaluation } from "../../../core/training/job.ts";
import { type EpochTable, epochTable } from "./epochs.ts";
import { ProgressBar } from "./progress-bar.ts";
import { printableText, type Terminal, terminalOf } from "./terminal.ts";

type OnEvaluation = (evaluation: Evaluation) => void;

/**
 * Shows a training in the terminal: a progress bar on stderr and, on stdout, a line per epoch. Hand its two callbacks
 * to `fit`.
 *
 * @example
 * const display = new TrainingDisplay();
 * const run = await classifier.fit(train, { ...options, ...display.callbacks });
 * display.print(runSummary(run));
 */
export class TrainingDisplay {
  readonly terminal: Terminal = terminalOf(process.stdout);
  readonly #bar = new ProgressBar();
  readonly #quiet: boolean;
  readonly #progress: boolean;
  #table: EpochTable | undefined;

  /**
   * @param options.quiet Leaves stdout to others; progress is shown all the same.
   * @param options.progress Whether progress is shown. @default true
   */
  constructor({ quiet = false, progress = true }: { quiet?: boolean; progress?: boolean } = {}) {
    this.#quiet = quiet;
    this.#progress = progress;
  }

  /** For the options of `fit`. */
  get callbacks(): { onProgress: OnProgress; onEvaluation: OnEvaluation } {
    return { onProgress: this.#showProgress, onEvaluation: this.#showEpoch };
  }

  readonly #showProgress: OnProgress = (progress) => {
    if (this.#progress) this.#bar.update(progress);
  };

  readonly #showEpoch: OnEvaluation = ({ entry, seconds, epochs }) => {
    if (!this.#table) {
      const scores = Object.values(entry.evaluations);
      const task = scores.some(({ microF1 }) => microF1 !== undefined) ? "multiLabel" : "singleLabel";
      this.#table = epochTable(epochs, Object.keys(entry.evaluations), this.terminal, task);
      this.print(this.#table.header);
    }
    this.print(this.#table.row(entry, seconds));
  };

  /** Prints text and a line break on stdout, the progress bar out of the way. */
  print(text: string): void {
    this.clear();
    if (!this.#quiet) process.stdout.write(`${printableText(text)}\n`);
  }

  /** Takes the progress bar away. */
  clear(): void {
    this.#bar.clear();
  }
}
