import * as errors from "../errors.ts";

/** An error as plain data. */
export interface ErrorData {
  /** Name of its class. */
  type: string;
  name: string;
  message: string;
  stack?: string;
  cause?: unknown;
  /** Number of the thrown value that this stands for, on the side that threw it first. */
  origin?: number;
}

type ErrorClass = new (message: string) => Error;

/** Classes that an error keeps on its way to another thread; any other counts as the nearest one that it extends. */
const types: Readonly<Record<string, ErrorClass>> = { ...errors, TypeError, RangeError, SyntaxError, Error };

const typeOf = (error: Error): string =>
  Object.keys(types).find((name) => error.constructor === types[name]) ??
  Object.keys(types).find((name) => name !== "TextuneError" && error instanceof types[name]!) ??
  "Error";

/** Where an error that came from the other side keeps its number there. */
const originKey = Symbol("origin");

const isErrorData = (value: unknown): value is { error: ErrorData } =>
  typeof value === "object" && value !== null && "error" in value;

/**
 * Takes thrown values from one thread to another, with their class, message and causes. A value that comes back to the
 * side that threw it is the very same.
 */
export class ErrorCourier {
  readonly #kept = new Map<number, unknown>();
  #last = 0;

  /** @param keep Whether the value itself is kept, for when it comes back. */
  pack(thrown: unknown, keep: boolean): unknown {
    const known = (thrown as { [originKey]?: number } | null | undefined)?.[originKey];
    if (known !== undefined) return { error: { type: "", name: "", message: "", origin: -known } };
    let origin: number | undefined;
    if (keep) {
      origin = ++this.#last;
      this.#kept.set(origin, thrown);
    }
    if (!(thrown instanceof Error)) {
      return keep ? { error: { type: "Error", name: "Error", message: String(thrown), origin } } : thrown;
    }
    const { name, message, stack, cause } = thrown;
    const type = typeOf(thrown);
    return {
      error: {
        type,
        name,
        message,
        stack,
        origin,
        ...(cause !== undefined && { cause: this.pack(cause, false) }),
      },
    };
  }

  /** What `pack` on the other side made of a thrown value. */
  unpack(packed: unknown): unknown {
    if (!isErrorData(packed)) return packed;
    const { type, name, message, stack, cause, origin } = packed.error;
    if (origin !== undefined && origin < 0) return this.#kept.get(-origin);
    const error = new (types[type] ?? Error)(message);
    // A class may have its own idea of its name; what was said stays said.
    if (error.name !== name) Object.defineProperty(error, "name", { value: name, configurable: true });
    if (stack !== undefined)
      Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true });
    if (cause !== undefined) {
      Object.defineProperty(error, "cause", {
        value: this.unpack(cause),
        configurable: true,
        writable: true,
      });
    }
    if (origin !== undefined) Object.defineProperty(error, originKey, { value: origin });
    return error;
  }

  /** Forgets what was kept: nothing is on its way any more. */
  clear(): void {
    this.#kept.clear();
  }
}
