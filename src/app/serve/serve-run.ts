import { basename, resolve } from "node:path";
import { modelFolder } from "../../node/classifier/model-folder.ts";
import { TextClassifier } from "../../node/classifier/text-classifier.ts";
import type { HubOptions } from "../../node/hub/settings.ts";
import { readRun } from "../runs/read-run.ts";
import { aboutModel } from "./about-model.ts";
import { type PredictServer, predictServer, type ServerOptions } from "./server.ts";

/** Which model is served, and how. */
export interface ServeOptions extends ServerOptions, HubOptions {
  /** Copies of the model, each with a thread of its own. */
  workers: number;
  thresholds?: number | readonly number[] | undefined;
}

/**
 * Loads a model and makes the server that answers by it; it is not listening yet.
 *
 * @param runOrModel Run folder, model folder, or name of a classifier on the hub.
 * @throws ModelError, HubError
 */
export async function serveRun(
  runOrModel: string,
  { workers, thresholds, signal, onProgress, ...options }: ServeOptions,
): Promise<PredictServer> {
  const folder = await modelFolder(runOrModel);
  const classifiers: TextClassifier[] = [];
  for (let i = 0; i < workers; i++) {
    const loaded = await TextClassifier.fromPretrained(folder, { thresholds, signal, onProgress });
    // Compiles the graph, so that the first request doesn't wait for it.
    await loaded.predict(loaded.pair ? { text: "a", pair: "a" } : "a", { signal });
    classifiers.push(loaded);
  }
  const record = folder === runOrModel ? undefined : await readRun(runOrModel);
  const about = aboutModel(basename(resolve(runOrModel)), classifiers[0]!, record);
  const server = predictServer(
    about,
    classifiers.map((classifier) => (inputs) => classifier.predict(inputs)),
    options,
  );
  return {
    app: server.app,
    async stop() {
      await server.stop();
      for (const classifier of classifiers) await classifier.dispose();
    },
  };
}
