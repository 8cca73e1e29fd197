import * as textune from "../../../src/web/index.ts";

// What the tests call in the page. A classifier is known by a number, since it can't leave the page.

const { TextClassifier, loadDataset, trainWordPiece } = textune;
type Classifier = Awaited<ReturnType<typeof TextClassifier.fromPretrained>>;

/** ONNX Runtime's files, as the tests' server has them. */
const engine = { runtime: "/ort/" };
const classifiers: Classifier[] = [];
const blobs: (Blob | Map<string, Blob>)[] = [];

type Failure = { name: string; kind: string; message: string };

const kindOf = (error: unknown): string =>
  Object.entries(textune).find(([, value]) => value === (error as Error).constructor)?.[0] ?? "Error";

/** What is thrown is an answer too. */
async function attempt<T>(work: () => Promise<T>): Promise<T | { failure: Failure }> {
  try {
    return await work();
  } catch (error) {
    const { name, message } = error as Error;
    return { failure: { name, kind: kindOf(error), message } };
  }
}

const keep = (classifier: Classifier): number => classifiers.push(classifier) - 1;

type Rows = { text: string; label: string }[];

const harness = {
  isolated: () => globalThis.crossOriginIsolated,
  load: (source: string, options: object) =>
    attempt(async () => keep(await TextClassifier.fromPretrained(source, { ...engine, ...options }))),
  /** Loads what `save` gave. */
  reload: (saved: number, options: object) =>
    attempt(async () => keep(await TextClassifier.fromPretrained(blobs[saved]!, { ...engine, ...options }))),
  /** Loads the files of a folder, as an `<input webkitdirectory>` gives them. */
  loadChosen: (address: string, paths: string[], options: object) =>
    attempt(async () => {
      const files: File[] = [];
      for (const path of paths) {
        const file = new File([await (await fetch(address + path)).blob()], path.split("/").at(-1)!);
        Object.defineProperty(file, "webkitRelativePath", { value: `chosen/${path}` });
        files.push(file);
      }
      return keep(await TextClassifier.fromPretrained(files, { ...engine, ...options }));
    }),
  /** Loads with a `fetch` of the page's own, and tells what it was asked for. */
  loadFetching: (source: string, options: object) =>
    attempt(async () => {
      const asked: string[] = [];
      const own: typeof fetch = (input, init) => {
        asked.push(String(input));
        return fetch(input, init);
      };
      const classifier = await TextClassifier.fromPretrained(source, { ...engine, ...options, fetch: own });
      return { classifier: keep(classifier), asked };
    }),
  scratch: (options: Parameters<typeof TextClassifier.fromScratch>[0]) =>
    attempt(async () => keep(await TextClassifier.fromScratch({ ...engine, ...options }))),
  wordPiece: (texts: string[], options: object) => trainWordPiece(texts, { ...engine, ...options }),
  encode: (i: number, texts: string[]) => classifiers[i]!.encode(texts),
  predict: (i: number, texts: string[]) => attempt(() => classifiers[i]!.predict(texts)),
  evaluate: (i: number, rows: Rows) => attempt(() => classifiers[i]!.evaluate(rows)),
  /** Trains; tells the steps and evaluations that the callbacks heard of. */
  fit: (i: number, rows: Rows, options: object) =>
    attempt(async () => {
      const losses: number[] = [];
      const stages = new Set<string>();
      const run = await classifiers[i]!.fit(rows, {
        ...options,
        onStep: ({ loss }) => losses.push(loss),
        onProgress: ({ stage }) => stages.add(stage),
      });
      return { losses, stages: [...stages], history: run.history, environment: run.record.environment };
    }),
  /** Milliseconds between updates. */
  stepTimes: async (i: number, rows: Rows, options: object) => {
    const times: number[] = [];
    const run = await classifiers[i]!.fit(rows, { ...options, onStep: () => times.push(performance.now()) });
    const steps = times.slice(1).map((time, step) => time - times[step]!);
    return { steps, encodingSeconds: run.record.timing.encoding };
  },
  /** Trains until an update, and then stops. */
  fitAborted: (i: number, rows: Rows, updates: number, options: object) =>
    attempt(async () => {
      const controller = new AbortController();
      let stopped = 0;
      const training = classifiers[i]!.fit(rows, {
        ...options,
        signal: controller.signal,
        onStep: ({ step }) => {
          if (step === updates) {
            stopped = performance.now();
            controller.abort();
          }
        },
      });
      const answer = await attempt(async () => {
        await training;
      });
      return { answer, milliseconds: performance.now() - stopped };
    }),
  /** Trains until the first evaluation says that it is enough. */
  fitStopping: (i: number, rows: Rows, options: object) =>
    attempt(async () => {
      const run = await classifiers[i]!.fit(rows, { ...options, onEvaluation: async () => "stop" as const });
      return run.history.length;
    }),
  /** How long the page stood still while it trained, in milliseconds. */
  longestPause: (i: number, rows: Rows, options: object) =>
    attempt(async () => {
      let longest = 0;
      let last = performance.now();
      const timer = setInterval(() => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
      }, 5);
      await classifiers[i]!.fit(rows, options);
      clearInterval(timer);
      return longest;
    }),
  save: async (i: number, as: "files" | "zip") => {
    const saved = as === "zip" ? await classifiers[i]!.save("zip") : await classifiers[i]!.save();
    return blobs.push(saved) - 1;
  },
  /** Bytes of what was saved, in base64, by name. */
  bytes: async (saved: number) => {
    const blob = blobs[saved]!;
    const files = blob instanceof Map ? [...blob] : ([["zip", blob]] as const);
    const all: [string, string][] = [];
    for (const [name, file] of files) all.push([name, await base64(file)]);
    return Object.fromEntries(all);
  },
  dispose: (i: number) => classifiers[i]!.dispose(),
  /** Reads a file of the server's as if a user had chosen it. */
  read: (url: string, name: string) =>
    attempt(async () => {
      const dataset = await loadDataset(new File([await (await fetch(url)).blob()], name));
      return { columns: dataset.columns, rows: [...dataset], features: dataset.features };
    }),
  keptUrls: async () => (await (await caches.open("textune")).keys()).map(({ url }) => url),
};

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

export type Harness = typeof harness;
Object.assign(globalThis, { harness });
