import type { Prediction, TextInput } from "../../core/classifier/predict.ts";

/** Why a request was not answered. */
export class NotServed extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Seconds after which it may be tried again. */
  readonly retryAfter: number;

  constructor(message: string, status: number, retryAfter: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Classifies texts that are all single texts, or all pairs. */
export type Predict = (inputs: TextInput[]) => Promise<Prediction[]>;

/** How texts of several requests are put together. */
export interface BatcherOptions {
  /** Texts that are classified at once, at most. */
  maxBatch: number;
  /** Milliseconds that a text may wait for others while a worker is free. */
  maxWait: number;
  /** Texts that may wait; a request beyond them is refused. */
  maxQueue: number;
  /** Milliseconds within which a request is answered, or given up. */
  deadline: number;
  /** Told of every batch: its texts and its seconds. */
  onBatch?: (texts: number, seconds: number) => void;
}

/** A request's texts, and what is known of them so far. */
interface Job {
  inputs: readonly TextInput[];
  predictions: Prediction[];
  /** Texts that were handed to a worker, and those that came back. */
  started: number;
  done: number;
  isOver: boolean;
  arrived: number;
  settle(error?: Error): void;
}

/**
 * Puts the texts of requests that arrive at about the same time into one batch, for the next worker that is free. Under
 * load batches fill while the workers are busy; a text that arrives alone waits `maxWait` at most.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #free: Predict[];
  readonly #jobs: Job[] = [];
  /** Requests that are not settled yet. */
  readonly #open = new Set<Job>();
  #queued = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #onEmpty: (() => void) | undefined;
  /** Texts a second, of late. */
  #rate: number | undefined;

  /** @param workers Each does one batch at a time. */
  constructor(workers: readonly Predict[], options: BatcherOptions) {
    this.#free = [...workers];
    this.#options = options;
  }

  /** Texts that wait for a worker. */
  get queued(): number {
    return this.#queued;
  }

  /**
   * Classifies the texts of a request.
   *
   * @param signal Fires where nobody waits for the answer any more.
   * @throws NotServed where the queue is full (429), the server stops (503) or the deadline is over: 503 where it was
   * still waiting, 504 where it was under way.
   */
  predict(inputs: readonly TextInput[], signal?: AbortSignal): Promise<Prediction[]> {
    const { maxQueue, deadline } = this.#options;
    if (this.#isClosed) return Promise.reject(new NotServed("the server is stopping", 503, 1));
    if (inputs.length === 0) return Promise.resolve([]);
    if (this.#queued + inputs.length > maxQueue) {
      const seconds = this.#rate === undefined ? 1 : Math.ceil(this.#queued / this.#rate);
      return Promise.reject(
        new NotServed("too many texts are waiting; try again later", 429, Math.min(60, Math.max(1, seconds))),
      );
    }
    return new Promise((resolve, reject) => {
      const give = () => {
        const isWaiting = job.started === 0;
        job.settle(
          new NotServed(
            `not answered within ${deadline / 1000} s${isWaiting ? ": too much is waiting" : ""}`,
            isWaiting ? 503 : 504,
            1,
          ),
        );
      };
      const timer = setTimeout(give, deadline);
      const leave = () => job.settle(new NotServed("the client went away", 499, 1));
      const job: Job = {
        ...{ inputs, predictions: [], started: 0, done: 0, isOver: false, arrived: performance.now() },
        settle: (error) => {
          if (job.isOver) return;
          job.isOver = true;
          clearTimeout(timer);
          signal?.removeEventListener("abort", leave);
          this.#queued -= inputs.length - job.started;
          this.#open.delete(job);
          if (error) reject(error);
          else resolve(job.predictions);
          if (this.#open.size === 0) this.#onEmpty?.();
        },
      };
      this.#jobs.push(job);
      this.#open.add(job);
      this.#queued += inputs.length;
      if (signal?.aborted) return leave();
      signal?.addEventListener("abort", leave, { once: true });
      this.#start();
    });
  }

  /** Takes nothing more, and returns when all that was taken is answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#start();
    if (this.#open.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
  }

  /** Starts what can be started now, else sees to it that it is later. */
  #start(): void {
    const { maxBatch, maxWait } = this.#options;
    while (this.#free.length > 0) {
      while (this.#jobs[0]?.isOver) this.#jobs.shift();
      const [first] = this.#jobs;
      if (first === undefined) return;
      const left =
        this.#isClosed || this.#queued >= maxBatch ? 0 : maxWait - (performance.now() - first.arrived);
      if (left > 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#start();
        }, left);
        return;
      }
      void this.#run(this.#free.shift()!, this.#take());
    }
  }

  /** The next texts, of one kind: single texts or pairs. */
  #take(): { job: Job; at: number }[] {
    const batch: { job: Job; at: number }[] = [];
    const isPair = typeof this.#jobs[0]!.inputs[0] !== "string";
    for (const job of this.#jobs) {
      if (job.isOver || (typeof job.inputs[0] !== "string") !== isPair) continue;
      for (; job.started < job.inputs.length && batch.length < this.#options.maxBatch; job.started++) {
        batch.push({ job, at: job.started });
      }
      if (batch.length === this.#options.maxBatch) break;
    }
    this.#queued -= batch.length;
    const waiting = this.#jobs.filter((job) => !job.isOver && job.started < job.inputs.length);
    this.#jobs.splice(0, this.#jobs.length, ...waiting);
    return batch;
  }

  async #run(worker: Predict, batch: { job: Job; at: number }[]): Promise<void> {
    const start = performance.now();
    try {
      const predictions = await worker(batch.map(({ job, at }) => job.inputs[at]!));
      const seconds = (performance.now() - start) / 1000;
      const rate = batch.length / Math.max(seconds, 1e-6);
      this.#rate = this.#rate === undefined ? rate : 0.8 * this.#rate + 0.2 * rate;
      this.#options.onBatch?.(batch.length, seconds);
      for (const [i, { job, at }] of batch.entries()) {
        job.predictions[at] = predictions[i]!;
        if (++job.done === job.inputs.length) job.settle();
      }
    } catch (error) {
      for (const { job } of batch) job.settle(error as Error);
    }
    this.#free.push(worker);
    this.#start();
  }
}
