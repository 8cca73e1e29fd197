import { Interrupted } from "./errors.ts";

/** How far a long piece of work is. */
export interface Progress {
  stage:
    | "download"
    | "wait"
    | "describe"
    | "tokenize"
    | "check"
    | "encode"
    | "train"
    | "evaluate"
    | "predict";
  /** What it is done to: a file, a split, `epoch 3/20`. */
  subject: string;
  /** Units done and in all: bytes of a download, seconds of a wait, else rows (in all by estimate, where a file doesn't say). */
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

/** Node.js has it; browsers pass a message, which unlike a timer doesn't wait 4 ms. */
declare const setImmediate: ((callback: () => void) => void) | undefined;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    const onmessage = () => {
      port1.close();
      resolve();
    };
    Object.assign(port1, { onmessage });
    port2.postMessage(undefined);
  });
}

/** Lets pending events run (a Ctrl-C, a redraw), then throws `Interrupted` if the work was stopped. */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  if (signal?.aborted) throw new Interrupted(undefined, { cause: signal.reason });
}
