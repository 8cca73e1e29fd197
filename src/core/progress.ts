import { setImmediate } from "node:timers/promises";
import { Interrupted } from "./errors.ts";

/** How far a long piece of work is. */
export interface Progress {
  stage: "download" | "describe" | "tokenize" | "check" | "encode" | "train" | "evaluate";
  /** What it is done to: a file, a split, `epoch 3/20`. */
  subject: string;
  /** Units done and in all: bytes of a download, else rows (in all by estimate, where a file doesn't say). */
  done: number;
  total: number;
  /** Tokens processed so far in this stage. */
  tokens?: number;
  /** Current mean training loss per row. */
  loss?: number;
}

/** Told now and then how far a piece of work is. */
export type OnProgress = (progress: Progress) => void;

/** What any long work takes: someone who watches and someone who may stop it. */
export interface WorkOptions {
  onProgress?: OnProgress;
  /** Stops the work with `Interrupted` at the next step. */
  signal?: AbortSignal;
}

/** Lets pending events run (a Ctrl-C, a redraw), then throws `Interrupted` if the work was stopped. */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new Interrupted();
}
