import type { Channel } from "./channel.ts";
import { ErrorCourier } from "./error-data.ts";
import { shared } from "./shared-values.ts";

/** A function that can be called from the other side. */
type Callable = (...args: never[]) => unknown;

type Message =
  | { kind: "call"; id: number; target: number; args: unknown }
  | { kind: "answer"; id: number; value: unknown }
  | { kind: "error"; id: number; error: unknown }
  | { kind: "abort"; signal: number; reason: unknown }
  | { kind: "forget"; targets: number[] };

/** Stands for a function, or a signal, of the side that sends it. */
type Reference = { [referenceKey]: "function" | "signal"; id: number; reason?: unknown };
const referenceKey = "textune/reference";

const isReference = (value: object): value is Reference => Object.hasOwn(value, referenceKey);

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const isCompound = (value: unknown): boolean =>
  (typeof value === "object" && value !== null) || typeof value === "function";

/** Typed arrays from this size on are shared and not copied, where that is asked for: 64 KB. */
const sharedFrom = 1 << 16;

/**
 * One end of a channel over which two threads call each other's functions. Arguments and results are plain data, in
 * which functions, abort signals and errors may stand: a function given to the other side is called back, a signal
 * stops what it was given to there, an error arrives with its class, message and causes.
 */
export class Peer {
  readonly #channel: Channel;
  readonly #errors = new ErrorCourier();
  readonly #shares: boolean;
  readonly #functions = new Map<number, Callable>();
  /** Numbers of the functions that were given to the other side as part of an object, for `forget`. */
  readonly #received = new WeakMap<object, number[]>();
  readonly #controllers = new Map<number, AbortController>();
  readonly #pending = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: unknown) => void }
  >();
  readonly #onBusy: (isBusy: boolean) => void;
  readonly #whenIdle: (() => void)[] = [];
  #lastId = 0;
  #closed: { error: unknown } | undefined;

  /**
   * @param options.root What the other side calls by `call`.
   * @param options.shares Moves large arrays to shared memory when they are sent, so that the other side doesn't
   * have to copy them.
   * @param options.onBusy Told when the first call to the other side begins and when the last one is answered.
   */
  constructor(
    channel: Channel,
    {
      root,
      shares = false,
      onBusy = () => {},
    }: { root?: Callable; shares?: boolean; onBusy?: (isBusy: boolean) => void } = {},
  ) {
    this.#channel = channel;
    this.#shares = shares;
    this.#onBusy = onBusy;
    if (root) this.#functions.set(0, root);
    channel.listen((message) => this.#take(message as Message));
  }

  /** Calls the other side's root function. */
  call(...args: unknown[]): Promise<unknown> {
    return this.#call(0, args);
  }

  /** Lets the other side drop the functions of an object that it gave. */
  forget(object: object): void {
    const targets = this.#received.get(object);
    if (targets && !this.#closed) this.#post({ kind: "forget", targets });
  }

  /** Every call that is not answered, and every later one, fails with this error. */
  close(error: unknown): void {
    this.#closed ??= { error };
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
    for (const resolve of this.#whenIdle.splice(0)) resolve();
    if (pending.length > 0) this.#onBusy(false);
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  async #call(target: number, args: readonly unknown[]): Promise<unknown> {
    if (this.#closed) throw this.#closed.error;
    const id = ++this.#lastId;
    const lent: (() => void)[] = [];
    const message: Message = { kind: "call", id, target, args: this.#encode(args, lent) };
    try {
      return await new Promise((resolve, reject) => {
        // What can't be sent fails here, before anyone waits for an answer.
        this.#post(message);
        this.#pending.set(id, { resolve, reject });
        if (this.#pending.size === 1) this.#onBusy(true);
      });
    } finally {
      for (const giveBack of lent) giveBack();
    }
  }

  #post(message: Message): void {
    this.#channel.post(message);
  }

  #take(message: Message): void {
    if (message.kind === "call") void this.#serve(message);
    else if (message.kind === "abort") {
      this.#controllers.get(message.signal)?.abort(this.#errors.unpack(message.reason));
    } else if (message.kind === "forget") {
      for (const target of message.targets) this.#functions.delete(target);
    } else {
      const call = this.#pending.get(message.id);
      if (!call) return;
      this.#pending.delete(message.id);
      if (message.kind === "answer") call.resolve(this.#decode(message.value));
      else call.reject(this.#errors.unpack(message.error));
      if (this.#pending.size > 0) return;
      this.#errors.clear();
      this.#onBusy(false);
      for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  async #serve({ id, target, args }: Message & { kind: "call" }): Promise<void> {
    const signals: number[] = [];
    try {
      const callable = this.#functions.get(target);
      // A callback that is called when the call it was given to is over: no one listens any more.
      const value = callable && (await callable(...(this.#decode(args, signals) as never[])));
      this.#post({ kind: "answer", id, value: this.#encode(value) });
    } catch (error) {
      this.#post({ kind: "error", id, error: this.#errors.pack(error, !this.#shares) });
    } finally {
      for (const signal of signals) this.#controllers.delete(signal);
    }
  }

  /** @param lent Takes what ends the other side's use of functions and signals; without it they stay. */
  #encode(value: unknown, lent?: (() => void)[]): unknown {
    if (typeof value === "function") {
      const id = ++this.#lastId;
      this.#functions.set(id, value as Callable);
      lent?.push(() => this.#functions.delete(id));
      return { [referenceKey]: "function", id };
    }
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof AbortSignal) return this.#encodeSignal(value, lent);
    if (ArrayBuffer.isView(value)) {
      return this.#shares && value.byteLength >= sharedFrom ? shared(value) : value;
    }
    if (Array.isArray(value)) {
      // A list of texts or numbers holds nothing to encode, and may be long.
      return value.some(isCompound) ? value.map((each) => this.#encode(each, lent)) : value;
    }
    if (value instanceof Map) {
      return new Map([...value].map(([key, each]) => [key, this.#encode(each, lent)]));
    }
    if (!isPlain(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#encode(each, lent)]));
  }

  #encodeSignal(signal: AbortSignal, lent: (() => void)[] | undefined): Reference {
    const id = ++this.#lastId;
    const packed = () => this.#errors.pack(signal.reason, true);
    if (signal.aborted) return { [referenceKey]: "signal", id, reason: packed() };
    const abort = () => this.#post({ kind: "abort", signal: id, reason: packed() });
    signal.addEventListener("abort", abort, { once: true });
    lent?.push(() => signal.removeEventListener("abort", abort));
    return { [referenceKey]: "signal", id };
  }

  #decode(value: unknown, signals: number[] = []): unknown {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
    if (Array.isArray(value)) {
      return value.some(isCompound) ? value.map((each) => this.#decode(each, signals)) : value;
    }
    if (value instanceof Map) {
      return new Map([...value].map(([key, each]) => [key, this.#decode(each, signals)]));
    }
    if (!isPlain(value)) return value;
    if (isReference(value)) return this.#decodeReference(value, signals);
    const functions: number[] = [];
    const decoded = Object.fromEntries(
      Object.entries(value).map(([key, each]) => {
        if (typeof each === "object" && each !== null && isReference(each)) functions.push(each.id);
        return [key, this.#decode(each, signals)];
      }),
    );
    if (functions.length > 0) this.#received.set(decoded, functions);
    return decoded;
  }

  #decodeReference({ [referenceKey]: kind, id, reason }: Reference, signals: number[]): unknown {
    if (kind === "function") return (...args: unknown[]) => this.#call(id, args);
    const controller = new AbortController();
    this.#controllers.set(id, controller);
    signals.push(id);
    if (reason !== undefined) controller.abort(this.#errors.unpack(reason));
    return controller.signal;
  }
}
