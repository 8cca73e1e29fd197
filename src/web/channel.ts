/** One end of a line between a page and its worker. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  /** Of a `MessagePort`, which waits for it. */
  start?(): void;
}

/** What the other end asks for. */
export interface Call {
  payload: unknown;
  /** Set off where the caller's own is. */
  signal: AbortSignal;
}

/** A value that is to be handed over instead of copied, as far as `transfer` names its buffers. */
export class Handover {
  readonly value: unknown;
  readonly transfer: Transferable[];

  constructor(value: unknown, transfer: Transferable[]) {
    this.value = value;
    this.transfer = transfer;
  }
}

/** How errors cross the line, as plain data. */
export interface ErrorCodec {
  encode(error: unknown): unknown;
  decode(data: unknown): Error;
}

type Message =
  | { kind: "call"; id: number; method: string; payload: unknown }
  | { kind: "tell"; method: string; payload: unknown }
  | { kind: "answer"; id: number; value: unknown }
  | { kind: "failure"; id: number; error: unknown }
  | { kind: "abort"; id: number };

type Handlers = Readonly<Record<string, (call: Call) => unknown>>;

/** Calls between a page and its worker, in both directions, any number at a time. */
export class Channel {
  readonly #port: Port;
  readonly #handlers: Handlers;
  readonly #errors: ErrorCodec;
  readonly #pending = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  /** Calls of the other end that are under way. */
  readonly #running = new Map<number, AbortController>();
  #nextId = 0;
  #failure: Error | undefined;

  /** @param handlers What the other end may call, by name. */
  constructor(port: Port, handlers: Handlers, errors: ErrorCodec) {
    this.#port = port;
    this.#handlers = handlers;
    this.#errors = errors;
    port.addEventListener("message", ({ data }) => this.#receive(data as Message));
    port.start?.();
  }

  /**
   * Calls the other end.
   *
   * @throws what its handler throws; once `fail` was called, that error.
   */
  async call<T>(
    method: string,
    payload: unknown,
    { signal, transfer = [] }: { signal?: AbortSignal | undefined; transfer?: Transferable[] } = {},
  ): Promise<T> {
    if (this.#failure) throw this.#failure;
    const id = this.#nextId++;
    const abort = () => this.#send({ kind: "abort", id });
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    try {
      this.#send({ kind: "call", id, method, payload }, transfer);
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort);
      return (await answer) as T;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#pending.delete(id);
    }
  }

  /** Calls the other end without waiting for an answer. */
  tell(method: string, payload: unknown): void {
    this.#send({ kind: "tell", method, payload });
  }

  /** The other end is gone: fails what waits for it, and what is called from now on. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
  }

  #receive(message: Message): void {
    if (message.kind === "answer") this.#pending.get(message.id)?.resolve(message.value);
    else if (message.kind === "failure") {
      this.#pending.get(message.id)?.reject(this.#errors.decode(message.error));
    } else if (message.kind === "abort") this.#running.get(message.id)?.abort();
    else if (message.kind === "call") void this.#answer(message);
    else this.#handlers[message.method]?.({ payload: message.payload, signal: new AbortController().signal });
  }

  async #answer({ id, method, payload }: Message & { kind: "call" }): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const handler = this.#handlers[method];
      if (!handler) throw new RangeError(`there is no method ${method}`);
      const result = await handler({ payload, signal: controller.signal });
      if (result instanceof Handover)
        this.#send({ kind: "answer", id, value: result.value }, result.transfer);
      else this.#send({ kind: "answer", id, value: result });
    } catch (error) {
      this.#send({ kind: "failure", id, error: this.#errors.encode(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  #send(message: Message, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
