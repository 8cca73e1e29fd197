import { pretrainedClassifier, scratchClassifier } from "../core/classifier/assemble-classifier.ts";
import type { FitOptions } from "../core/classifier/fit-options.ts";
import type { TextInput } from "../core/classifier/predict.ts";
import type { ClassifierState } from "../core/classifier/state.ts";
import { CoreTextClassifier } from "../core/classifier/text-classifier.ts";
import type { Trainable } from "../core/classifier/trainable.ts";
import { runtimeEnvironment } from "../core/engine/runtime.ts";
import { ConfigError } from "../core/errors.ts";
import type { OnProgress } from "../core/progress.ts";
import { Tokenizer } from "../core/text/tokenizer.ts";
import { trainWordPiece } from "../core/text/wordpiece-trainer.ts";
import { type Call, Channel, Handover, type Port } from "./channel.ts";
import { PrivateCheckpoints } from "./checkpoints.ts";
import { datasetOf } from "./dataset-message.ts";
import type { Download } from "./download.ts";
import { errorCodec } from "./error-codec.ts";
import { checkFeatures, threadsFor } from "./features.ts";
import { browserHost } from "./host.ts";
import {
  answered,
  type ClassifierInfo,
  type EvaluateMessage,
  type FetchAnswer,
  type FetchMessage,
  type FitAnswer,
  type FitMessage,
  type LoadMessage,
  type PredictMessage,
  type RuntimeFiles,
  type ScratchMessage,
  type StartMessage,
  told,
  type WordPieceMessage,
} from "./messages.ts";
import { filesFolder, type ModelFolder, readModel } from "./model-folder.ts";
import { addressFolder, hubFolder } from "./remote-folder.ts";
import { startRuntime } from "./start-runtime.ts";
import { unzipFiles, zipOf } from "./zip.ts";

/** The classifier that a page's calls go to. */
class HostedClassifier extends CoreTextClassifier {
  static of(state: ClassifierState, trainable: Trainable | undefined): HostedClassifier {
    return new HostedClassifier(state, trainable, browserHost);
  }

  get info(): ClassifierInfo {
    const { labels, task, thresholds, loading } = this;
    return { labels, task, thresholds, loading };
  }
}

/** Answers a page's calls: the one who computes, in a worker as a rule. */
export class Engine {
  #runtime: RuntimeFiles = "";
  #classifier: HostedClassifier | undefined;
  readonly #channel: Channel;

  constructor(port: Port) {
    this.#channel = new Channel(
      port,
      {
        start: (call) => this.#start(call),
        load: (call) => this.#load(call),
        scratch: (call) => this.#scratch(call),
        wordPiece: (call) => this.#wordPiece(call),
        fit: (call) => this.#fit(call),
        evaluate: (call) => this.#evaluate(call),
        predict: (call) => this.#predict(call),
        encode: (call) => this.#encode(call),
        files: () => this.#files(),
        zip: () => zipOf(this.#loaded.files()),
        dispose: () => this.#classifier?.dispose(),
      },
      errorCodec,
    );
  }

  get #loaded(): HostedClassifier {
    if (!this.#classifier) throw new ConfigError("no model is loaded");
    return this.#classifier;
  }

  #start({ payload }: Call): void {
    const { runtime, threads } = payload as StartMessage;
    checkFeatures();
    runtimeEnvironment.wasm.wasmPaths = runtime;
    this.#runtime = runtime;
    runtimeEnvironment.wasm.numThreads = threadsFor(threads);
  }

  async #load({ payload, signal }: Call): Promise<ClassifierInfo> {
    const message = payload as LoadMessage;
    const { options, job, cache, token } = message;
    const onProgress: OnProgress = (progress) => this.#tell(job, "onProgress", progress);
    const download: Download = {
      fetch: message.pageFetches ? this.#fetchOfPage(job) : globalThis.fetch.bind(globalThis),
      cache,
      token,
      work: { onProgress, signal },
    };
    // While the model is read; what goes wrong is told after it.
    const started = startRuntime(this.#runtime).then(
      () => undefined,
      (error: unknown) => error,
    );
    const folder = await openFolder(message, download);
    const state = await pretrainedClassifier(await readModel(folder, options), options);
    const problem = await started;
    if (problem !== undefined) throw problem;
    this.#classifier = HostedClassifier.of(state, options.trainable);
    return this.#classifier.info;
  }

  async #scratch({ payload }: Call): Promise<ClassifierInfo> {
    const { tokenizer, options } = payload as ScratchMessage;
    await startRuntime(this.#runtime);
    const state = scratchClassifier({ ...options, tokenizer: Tokenizer.fromFiles(tokenizer) });
    this.#classifier = HostedClassifier.of(state, options.trainable);
    return this.#classifier.info;
  }

  #wordPiece({ payload }: Call): Record<string, string> {
    const { texts, options } = payload as WordPieceMessage;
    return trainWordPiece(texts, options).files();
  }

  async #fit({ payload, signal }: Call): Promise<FitAnswer> {
    const { job, train, evaluate = {}, options, callbacks, checkpoints } = payload as FitMessage;
    const events: Record<string, unknown> = {};
    for (const name of told.filter((name) => callbacks.includes(name))) {
      events[name] = (value: unknown) => this.#tell(job, name, value);
    }
    for (const name of answered.filter((name) => callbacks.includes(name))) {
      events[name] = (value: unknown) => this.#channel.call("event", { job, name, value });
    }
    const fitOptions: FitOptions = {
      ...options,
      ...events,
      evaluate: Object.fromEntries(Object.entries(evaluate).map(([name, data]) => [name, datasetOf(data)])),
      checkpoints: checkpoints === undefined ? undefined : await PrivateCheckpoints.open(checkpoints),
      signal,
    };
    const { record, history } = await this.#loaded.fit(datasetOf(train), fitOptions);
    return { run: { record, history }, info: this.#loaded.info };
  }

  #evaluate({ payload, signal }: Call): Promise<unknown> {
    const { job, dataset } = payload as EvaluateMessage;
    return this.#loaded.evaluate(datasetOf(dataset), this.#work(job, signal));
  }

  #predict({ payload, signal }: Call): Promise<unknown> {
    const { job, input } = payload as PredictMessage;
    return this.#loaded.predict(input as TextInput, this.#work(job, signal));
  }

  #encode({ payload }: Call): unknown {
    const { tokenizer } = this.#loaded;
    return (payload as readonly string[]).map((text) => tokenizer.encode(text));
  }

  #files(): Handover {
    const files = new Map<string, Blob>();
    for (const [name, content] of this.#loaded.files()) {
      files.set(
        name,
        new Blob(typeof content === "string" ? [content] : (content as Uint8Array<ArrayBuffer>[])),
      );
    }
    return new Handover(files, []);
  }

  #work(job: number, signal: AbortSignal) {
    const onProgress: OnProgress = (progress) => this.#tell(job, "onProgress", progress);
    return { signal, onProgress };
  }

  #tell(job: number, name: string, value: unknown): void {
    this.#channel.tell("event", { job, name, value });
  }

  #fetchOfPage(job: number): typeof fetch {
    return async (input, init = {}) => {
      const message: FetchMessage = {
        job,
        url: String(input),
        method: init.method ?? "GET",
        headers: (init.headers ?? {}) as Record<string, string>,
      };
      const { status, headers, body } = await this.#channel.call<FetchAnswer>("fetch", message);
      const hasBody = message.method !== "HEAD" && status !== 204 && status !== 304;
      return new Response(hasBody ? body : null, { status, headers });
    };
  }
}

async function openFolder({ source, hub }: LoadMessage, download: Download): Promise<ModelFolder> {
  switch (source.kind) {
    case "hub":
      return hubFolder(source.name, hub, download);
    case "address":
      return addressFolder(source.url, download);
    case "zip":
      return filesFolder(source.name, await unzipFiles(source.blob, source.name));
    case "files":
      return filesFolder(source.name, source.files);
  }
}
