import pc from "picocolors";
import stringWidth from "string-width";
import { duration } from "../../../core/format.ts";
import { printableLine } from "../../../core/printable.ts";
import type { OnProgress, Progress } from "../../../core/progress.ts";
import { cutMiddle } from "./terminal.ts";

/** Between redraws, and between lines where the output is not a terminal. */
const redrawSeconds = 0.1;
const lineSeconds = 15;

const verbs: Record<Progress["stage"], string> = {
  download: "Downloading",
  wait: "Waiting",
  describe: "Describing",
  tokenize: "Tokenizing",
  check: "Checking",
  encode: "Encoding",
  train: "Training",
  evaluate: "Evaluating",
  predict: "Predicting",
};

/**
 * Shows progress on stderr: a bar that is redrawn in a terminal, else a line now and then. Work that is over within
 * two seconds shows nothing outside a terminal.
 */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  #task = "";
  #started = 0;
  /** Units that were done before it was watched: of work that is taken up again, nothing says how long they took. */
  #before = 0;
  #drawn = 0;
  #visible = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  readonly update: OnProgress = (progress) => {
    const now = performance.now() / 1000;
    const task = `${progress.stage} ${progress.subject}`;
    if (task !== this.#task) {
      this.#task = task;
      this.#started = now;
      this.#before = progress.done;
      this.#drawn = this.#stream.isTTY ? 0 : now - lineSeconds + 2;
    }
    if (now - this.#drawn < (this.#stream.isTTY ? redrawSeconds : lineSeconds)) return;
    this.#drawn = now;
    const line = describe(progress, this.#before, now - this.#started, this.#stream.columns ?? 100);
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\x1b[2K${line}`);
      this.#visible = true;
    } else {
      this.#stream.write(`${line}\n`);
    }
  };

  /** Takes the bar away, so that other output can follow. */
  clear(): void {
    if (this.#visible) this.#stream.write("\r\x1b[2K");
    this.#visible = false;
  }
}

function describe(
  { stage, subject, done, total, tokens, loss }: Progress,
  before: number,
  seconds: number,
  columns: number,
): string {
  const share = total > 0 ? done / total : 0;
  const isTimed = stage !== "wait" && done > before && seconds > 1;
  const left = isTimed ? (seconds / (done - before)) * (total - done) : undefined;
  const amount =
    stage === "download"
      ? `${(done / 1e6).toFixed(1)}/${(total / 1e6).toFixed(1)} MB`
      : stage === "wait"
        ? `${Math.ceil(total - done)} s`
        : `${done.toLocaleString("en")}/${total.toLocaleString("en")}`;
  const parts = [
    amount,
    tokens && seconds > 0.5 ? `${Math.round(tokens / seconds).toLocaleString("en")} tokens/s` : "",
    loss === undefined ? "" : `loss ${loss.toFixed(4)}`,
    left === undefined ? "" : `${duration(left)} left`,
  ].filter(Boolean);
  const text = parts.join(" · ");
  // On a line of its own length: what wraps can't be taken away again.
  const title = cutMiddle(
    `${verbs[stage]} ${printableLine(subject)}`,
    Math.max(12, columns - stringWidth(text) - 16),
  );
  const width = Math.max(8, Math.min(30, columns - stringWidth(title) - stringWidth(text) - 8));
  const full = Math.round(width * share);
  const bar = pc.cyan("━".repeat(full)) + pc.dim("━".repeat(width - full));
  return `${title} ${bar} ${String(Math.floor(share * 100)).padStart(3)}% ${pc.dim(text)}`;
}
