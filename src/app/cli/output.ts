import { printableJson, printableLine } from "../../core/printable.ts";
import type { OnProgress } from "../../core/progress.ts";
import { ProgressBar } from "../report/terminal/progress-bar.ts";
import { printableText, type Terminal, terminalOf } from "../report/terminal/terminal.ts";

/** Flags of every command that say how much of what it does is shown. */
export interface OutputFlags {
  json?: boolean;
  quiet?: boolean;
}

/**
 * What a command writes: its answer on stdout, everything else on stderr. All goes through here, so that nothing of
 * foreign origin is obeyed by the terminal, and nothing is written across the progress bar.
 */
export class Output {
  readonly terminal: Terminal = terminalOf(process.stdout);
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly #bar: ProgressBar;

  constructor({ json = false, quiet = false }: OutputFlags = {}) {
    this.isJson = json;
    this.isQuiet = quiet;
    this.#bar = new ProgressBar();
  }

  /** For the options of whatever takes its time. */
  readonly progress: OnProgress = (progress) => {
    if (!this.isQuiet) this.#bar.update(progress);
  };

  /** Takes the progress bar away. */
  clear(): void {
    this.#bar.clear();
  }

  /** Prints what was asked for. */
  answer(text: string): void {
    this.clear();
    process.stdout.write(`${printableText(text)}\n`);
  }

  /** Prints what was asked for as JSON. */
  json(value: unknown): void {
    this.answer(printableJson(value, 2));
  }

  /** Prints what is good to know beside the answer: not with `--quiet`, and not into the JSON of `--json`. */
  tell(text: string): void {
    this.clear();
    if (!this.isQuiet && !this.isJson) this.answer(text);
  }

  /** One line on stderr: not with `--quiet`. */
  note(text: string): void {
    if (!this.isQuiet) this.#line("note", text);
  }

  /** One line on stderr. */
  warn(text: string): void {
    this.#line("warning", text);
  }

  #line(kind: string, text: string): void {
    this.clear();
    process.stderr.write(`${kind}: ${printableLine(text)}\n`);
  }
}
