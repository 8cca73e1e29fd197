import { ConfigError } from "../core/errors.ts";
import { Channel, Handover, type Port } from "./channel.ts";
import { errorCodec } from "./error-codec.ts";
import { startProblem } from "./features.ts";
import type { EventMessage, FetchAnswer, FetchMessage, RuntimeFiles, StartMessage } from "./messages.ts";

/** Where and with how many threads is computed. */
export interface EngineOptions {
  /**
   * Address of the folder that holds ONNX Runtime's `ort-wasm-simd-threaded.mjs` and `.wasm`, or of each; they are in
   * the package onnxruntime-web, in its folder `dist`. @default the folder of textune's own script
   */
  runtime?: RuntimeFiles;
  /** @default the processor's, up to 8, where the page is cross-origin isolated; 1 where it is not */
  threads?: number;
  /** `false` computes where it is called, for those who have a worker of their own. @default true */
  worker?: boolean;
  /** Address of textune's `worker.js`. @default beside textune's own script */
  workerUrl?: string | URL;
}

/** What the engine may call of one call's caller. */
export interface Callbacks {
  [name: string]: ((value: never) => unknown) | undefined;
  /** Fetches in place of the worker. */
  fetch?: typeof fetch;
}

/** The page's side of a running engine. */
export class Connection {
  readonly #channel: Channel;
  readonly #stop: () => void;
  readonly #callbacks = new Map<number, Callbacks>();
  #nextJob = 0;
  #isOpen = true;

  private constructor(port: Port, stop: () => void) {
    this.#stop = stop;
    this.#channel = new Channel(
      port,
      {
        event: ({ payload }) => this.#event(payload as EventMessage),
        fetch: ({ payload }) => this.#fetch(payload as FetchMessage),
      },
      errorCodec,
    );
  }

  /** @throws ConfigError where the browser or the page's headers don't allow what is asked for. */
  static async open(options: EngineOptions): Promise<Connection> {
    const connection =
      options.worker === false ? await Connection.#inPlace() : Connection.#inWorker(options.workerUrl);
    const message: StartMessage = { runtime: runtimeFiles(options.runtime), threads: options.threads };
    try {
      await connection.#channel.call("start", message);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  static async #inPlace(): Promise<Connection> {
    const { port1, port2 } = new MessageChannel();
    const { Engine } = await import("./engine.ts");
    new Engine(port2);
    return new Connection(port1, () => {
      port1.close();
      port2.close();
    });
  }

  static #inWorker(workerUrl: string | URL | undefined): Connection {
    if (typeof Worker === "undefined") {
      throw new ConfigError("there are no workers here; give worker: false to compute in place");
    }
    let worker: Worker;
    const where = String(workerUrl ?? "worker.js");
    try {
      // Bundlers look for just this form.
      worker =
        workerUrl === undefined
          ? new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "textune" })
          : new Worker(workerUrl, { type: "module", name: "textune" });
    } catch (cause) {
      throw startProblem(where, (cause as Error).message);
    }
    const connection = new Connection(worker, () => worker.terminate());
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      connection.#channel.fail(startProblem(where, event.message ?? ""));
    });
    return connection;
  }

  /**
   * Calls the engine.
   *
   * @param message Without its `job`, the name under which the engine calls back.
   */
  async call<T>(
    method: string,
    message: unknown,
    { callbacks = {}, signal }: { callbacks?: Callbacks; signal?: AbortSignal | undefined } = {},
  ): Promise<T> {
    const job = this.#nextJob++;
    this.#callbacks.set(job, callbacks);
    try {
      const payload = isPlainObject(message) ? { ...message, job } : message;
      return await this.#channel.call<T>(method, payload, { signal });
    } finally {
      this.#callbacks.delete(job);
    }
  }

  /** Frees everything; what is under way fails. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#channel.fail(new ConfigError("this classifier was disposed of; load the model again"));
    this.#stop();
  }

  #event({ job, name, value }: EventMessage): unknown {
    return this.#callbacks.get(job)?.[name]?.(value as never);
  }

  async #fetch({ job, url, method, headers }: FetchMessage): Promise<Handover> {
    const request = this.#callbacks.get(job)?.fetch ?? globalThis.fetch;
    const response = await request(url, { method, headers });
    const body = await response.arrayBuffer();
    const answer: FetchAnswer = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body,
    };
    return new Handover(answer, [body]);
  }
}

function runtimeFiles(given: RuntimeFiles | undefined): RuntimeFiles {
  const absolute = (address: string) => new URL(address, globalThis.location.href).href;
  if (given === undefined) return new URL("./", import.meta.url).href;
  if (typeof given !== "string") return { mjs: absolute(given.mjs), wasm: absolute(given.wasm) };
  return absolute(given.endsWith("/") ? given : `${given}/`);
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
