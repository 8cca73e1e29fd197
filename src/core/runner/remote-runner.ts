import type { Channel } from "./channel.ts";
import { Peer } from "./peer.ts";
import type { HashPart, ModelData, RowModel, Runner, WordPieceLearner } from "./runner.ts";
import type { TrainingOutcome, TrainingTask, TrainingWatch } from "./training-task.ts";

/** The other thread, as a host starts and ends it. */
export interface RunnerThread extends Channel {
  /** Whether the process should stay alive for what it does. */
  hold(isBusy: boolean): void;
  /** Calls back when it ends of itself, with an error that says why. */
  onEnd(failed: (error: Error) => void): void;
  end(): Promise<void>;
}

/** Lets another thread do the work, which is begun at the first use and has `serveRunner` on its side. */
export class RemoteRunner implements Runner {
  readonly #start: () => RunnerThread;
  #started: { thread: RunnerThread; peer: Peer } | undefined;

  constructor(start: () => RunnerThread) {
    this.#start = start;
  }

  async open(model: ModelData): Promise<RowModel> {
    const peer = this.#peer();
    const opened = (await peer.call("open", model)) as RowModel;
    return {
      run: async (rows, { onProgress, signal, ...options }) => {
        const guard = new Guard(signal);
        return guard.wait(
          opened.run(rows, { ...options, signal: guard.signal, onProgress: guard.told(onProgress) }),
        );
      },
      release: async () => {
        await opened.release();
        peer.forget(opened);
      },
    };
  }

  async train(task: TrainingTask, watch: TrainingWatch): Promise<TrainingOutcome> {
    const { checkpoints, onEvaluation, score } = watch;
    const guard = new Guard(watch.signal);
    const training = this.#peer().call("train", task, {
      signal: guard.signal,
      onProgress: guard.told(watch.onProgress),
      onResume: guard.told(watch.onResume),
      onStep: guard.told(watch.onStep),
      onEvaluation,
      score,
      // The methods of an object of a class don't cross by themselves.
      checkpoints: checkpoints && {
        save: checkpoints.save.bind(checkpoints),
        last: checkpoints.last.bind(checkpoints),
        checkEmpty: checkpoints.checkEmpty.bind(checkpoints),
      },
    });
    return (await guard.wait(training)) as TrainingOutcome;
  }

  async hash(parts: readonly HashPart[], signal?: AbortSignal): Promise<string> {
    return (await this.#peer().call("hash", parts, signal)) as string;
  }

  async wordPieces(): Promise<WordPieceLearner> {
    return (await this.#peer().call("wordPieces")) as WordPieceLearner;
  }

  async dispose(): Promise<void> {
    const started = this.#started;
    if (!started) return;
    await started.peer.idle();
    await this.stop(new Error("the thread was ended"));
  }

  /** Ends the thread at once; what it was asked for fails with this error. */
  async stop(error: unknown): Promise<void> {
    const started = this.#started;
    this.#started = undefined;
    started?.peer.close(error);
    await started?.thread.end();
  }

  #peer(): Peer {
    if (!this.#started) {
      const thread = this.#start();
      const peer = new Peer(thread, { onBusy: (isBusy) => thread.hold(isBusy) });
      thread.hold(false);
      thread.onEnd((error) => {
        peer.close(error);
        if (this.#started?.peer === peer) this.#started = undefined;
      });
      this.#started = { thread, peer };
    }
    return this.#started.peer;
  }
}

/** Does for the other end of a channel what a `RemoteRunner` there asks for. */
export function serveRunner(channel: Channel, runner: Runner): void {
  const operations: Record<string, (...args: never[]) => unknown> = {
    open: (model: ModelData) => runner.open(model),
    train: (task: TrainingTask, watch: TrainingWatch) => runner.train(task, watch),
    hash: (parts: readonly HashPart[], signal?: AbortSignal) => runner.hash(parts, signal),
    wordPieces: () => runner.wordPieces(),
  };
  new Peer(channel, {
    root: (name: string, ...args: never[]) => operations[name]!(...args),
    shares: true,
  });
}

/** Callbacks that are told something and not asked: what they throw stops the work, and is what the work throws. */
class Guard {
  readonly #controller = new AbortController();
  #failure: { error: unknown } | undefined;
  readonly #outer: AbortSignal | undefined;

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer;
    if (outer?.aborted) this.#abort();
    else outer?.addEventListener("abort", this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  told<Told>(callback: ((told: Told) => void) | undefined): ((told: Told) => void) | undefined {
    return (
      callback &&
      ((told) => {
        try {
          callback(told);
        } catch (error) {
          this.#failure ??= { error };
          this.#controller.abort(error);
        }
      })
    );
  }

  async wait<Result>(work: Promise<Result>): Promise<Result> {
    try {
      const result = await work;
      if (this.#failure) throw this.#failure.error;
      return result;
    } catch (error) {
      throw this.#failure ? this.#failure.error : error;
    } finally {
      this.#outer?.removeEventListener("abort", this.#abort);
    }
  }

  readonly #abort = () => this.#controller.abort(this.#outer!.reason);
}
