import { Interrupted } from "../errors.ts";
import { breathe } from "../progress.ts";
import type { TokenRows } from "../text/token-rows.ts";
import type { RowProgram } from "../training/row-program.ts";
import type { RowSource } from "../training/row-source.ts";
import type { ParameterValues } from "../training/step.ts";
import { type RowsData, rowSource, type TokenRowsData } from "./rows-data.ts";
import type { RunOptions } from "./runner.ts";

/** Rows up to which a call shares its batches with others: as many as a batch holds at most. */
const fewRows = 64;

/** A call that waits for its rows. */
interface Call {
  data: RowsData;
  count: number;
  options: RunOptions;
  /** Where its rows begin among those of its plan. */
  first: number;
  done: number;
  tokens: number;
  isSettled: boolean;
  answer: (values: Float32Array) => void;
  refuse: (error: unknown) => void;
}

/** Calls whose rows are run together, in batches of rows of similar length. */
interface Plan {
  /** Those that are not answered yet, in the order in which they came. */
  calls: Call[];
  source: RowSource;
  /** Row-major [rows of the plan, width]. */
  values: Float32Array;
  /** Those that are left to run. */
  batches: Uint32Array[];
}

/**
 * Runs the rows of calls that come at any time through one program, a batch at a time. Calls of few rows that wait at
 * the same moment make one plan, whose batches mix their rows; a call of many rows is a plan of its own. The plans take
 * turns, so that a single text doesn't wait for a whole dataset.
 */
export class RowQueue {
  readonly #program: RowProgram;
  readonly #feeds: Record<string, Float32Array>;
  readonly #plans: Plan[] = [];
  #waiting: Call[] = [];
  #working: Promise<void> | undefined;

  /** @param parameters Values of the parameters that are not compiled in. */
  constructor(program: RowProgram, parameters: ParameterValues) {
    this.#program = program;
    this.#feeds = Object.fromEntries(parameters);
  }

  /** See `RowModel.run`. */
  run(data: RowsData, options: RunOptions): Promise<Float32Array> {
    return new Promise((answer, refuse) => {
      const { count } = rowSource(data);
      const counters = { first: 0, done: 0, tokens: 0, isSettled: false };
      this.#waiting.push({ data, count, options, answer, refuse, ...counters });
      this.#working ??= this.#work().finally(() => {
        this.#working = undefined;
      });
    });
  }

  /** Resolves when every call is answered. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0 || this.#plans.length > 0) {
      // What was called or stopped meanwhile is heard.
      await breathe(undefined);
      this.#plans.push(...this.#takeWaiting());
      for (const { calls } of this.#plans) for (const call of calls) refuseStopped(call);
      const plan = this.#plans.shift();
      if (!plan) continue;
      try {
        if (await this.#runBatch(plan)) this.#plans.push(plan);
      } catch (error) {
        for (const call of plan.calls) settle(call, () => call.refuse(error));
      }
    }
  }

  #takeWaiting(): Plan[] {
    const groups = new Map<string, Call[]>();
    for (const [i, call] of this.#waiting.entries()) {
      const { data, count, options } = call;
      // Rows of one batch have one shape and one size; where rows of a batch mix, only those of one call may.
      const isShared = data.kind === "tokens" && data.attentionMask && count <= fewRows;
      const key = isShared
        ? `${options.batchSize} ${data.padId} ${data.rows.typeIds !== undefined}`
        : `alone ${i}`;
      groups.set(key, [...(groups.get(key) ?? []), call]);
    }
    this.#waiting = [];
    return [...groups.values()].map((calls) => this.#plan(calls));
  }

  #plan(calls: Call[]): Plan {
    let rows = 0;
    for (const call of calls) {
      call.first = rows;
      rows += call.count;
    }
    const source = rowSource(joined(calls.map(({ data }) => data)));
    const batches = this.#program.batches(source, calls[0]!.options.batchSize);
    return { calls, source, batches, values: new Float32Array(rows * this.#program.width) };
  }

  /** @returns Whether the plan has more to run. */
  async #runBatch(plan: Plan): Promise<boolean> {
    const rows = this.#nextBatch(plan);
    if (rows) {
      await this.#program.batch(plan.source, rows, this.#feeds, plan.values);
      this.#countDone(plan, rows);
    }
    while (plan.calls[0] && (plan.calls[0].isSettled || plan.calls[0].done === plan.calls[0].count)) {
      const call = plan.calls.shift()!;
      const { width } = this.#program;
      settle(call, () =>
        call.answer(plan.values.slice(call.first * width, (call.first + call.count) * width)),
      );
    }
    return plan.calls.length > 0;
  }

  /** The rows of the next batch that someone still waits for. */
  #nextBatch({ calls, batches }: Plan): Uint32Array | undefined {
    for (;;) {
      const batch = batches.shift();
      const wanted = batch?.filter((row) => callOf(calls, row)?.isSettled === false);
      if (!wanted || wanted.length > 0) return wanted;
    }
  }

  #countDone({ calls, source }: Plan, rows: Uint32Array): void {
    const counted = new Set<Call>();
    for (const row of rows) {
      const call = callOf(calls, row)!;
      call.done++;
      call.tokens += source.lengths?.[row] ?? 0;
      counted.add(call);
    }
    for (const call of counted) {
      const { done, count: total, tokens } = call;
      const { onProgress, stage, subject } = call.options;
      try {
        onProgress?.({ stage, subject, done, total, tokens });
      } catch (error) {
        settle(call, () => call.refuse(error));
      }
    }
  }
}

/** Answers or refuses a call, once. */
function settle(call: Call, how: () => void): void {
  if (call.isSettled) return;
  call.isSettled = true;
  how();
}

function refuseStopped(call: Call): void {
  const { signal } = call.options;
  if (signal?.aborted) settle(call, () => call.refuse(new Interrupted(undefined, { cause: signal.reason })));
}

/** The call of a row; undefined where it is not among them any more. */
function callOf(calls: readonly Call[], row: number): Call | undefined {
  let low = 0;
  let high = calls.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (calls[middle]!.first <= row) low = middle;
    else high = middle - 1;
  }
  const call = calls[low];
  return call && row >= call.first && row < call.first + call.count ? call : undefined;
}

/** The rows of several calls, one after the other. */
function joined(parts: readonly RowsData[]): RowsData {
  const [first, ...others] = parts;
  if (others.length === 0) return first!;
  const tokens = parts as readonly TokenRowsData[];
  const count = tokens.reduce((sum, { rows }) => sum + rows.count, 0);
  const size = tokens.reduce((sum, { rows }) => sum + rows.ids.length, 0);
  const ids = new Int32Array(size);
  const typeIds = tokens[0]!.rows.typeIds && new Uint8Array(size);
  const offsets = new Uint32Array(count + 1);
  const fullLengths = new Uint32Array(count);
  let [row, token] = [0, 0];
  for (const { rows } of tokens) {
    ids.set(rows.ids, token);
    if (typeIds && rows.typeIds) typeIds.set(rows.typeIds, token);
    fullLengths.set(rows.fullLengths, row);
    for (let i = 0; i < rows.count; i++) offsets[row + i + 1] = token + rows.offsets[i + 1]!;
    row += rows.count;
    token += rows.ids.length;
  }
  const rows: TokenRows = { count, ids, ...(typeIds && { typeIds }), offsets, fullLengths };
  return { ...tokens[0]!, rows };
}
