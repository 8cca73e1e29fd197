import { pretrainedClassifier } from "../../core/classifier/assemble-classifier.ts";
import { Scorer } from "../../core/classifier/predict.ts";
import { type ClassifierState, valuesOf } from "../../core/classifier/state.ts";
import type { ColumnOptions } from "../../core/data/column-options.ts";
import { halfGraph } from "../../core/engine/half-graph.ts";
import { quantizedGraph } from "../../core/engine/quantize.ts";
import type { Tensor } from "../../core/engine/tensor.ts";
import { ConfigError, ExportError, ModelError } from "../../core/errors.ts";
import type { Outputs } from "../../core/evaluation/outputs.ts";
import { breathe, type WorkOptions } from "../../core/progress.ts";
import { LocalRunner } from "../../core/runner/local-runner.ts";
import { version } from "../../core/version.ts";
import { openModel } from "../../node/classifier/load-model.ts";
import { environment } from "../../node/classifier/node-host.ts";
import { chooseLayers, type LayerChoice } from "./choose-layers.ts";
import { type ExportDtype, exportDtypes, onnxFiles } from "./dtypes.ts";
import { exportGraph } from "./export-graph.ts";
import type { ExportedDtype, ExportRecord } from "./export-record.ts";
import { type ExportTexts, exportTexts } from "./export-texts.ts";
import { ExportedModel } from "./exported-model.ts";
import { inexpressible } from "./inexpressible.ts";
import { accuracyOf, parity } from "./parity.ts";
import { replaceFolder } from "./replace-folder.ts";
import { writeExportFiles } from "./write-export.ts";

/** How a model is exported. */
export interface ExportOptions extends WorkOptions {
  /** Precisions, each a file. @default fp32 and q8, which transformers.js takes in Node.js and in the browser */
  dtypes?: readonly ExportDtype[];
  /** Points of accuracy (0 to 100) that a file may lose against the classifier; more is an error. @default any */
  maxLoss?: number;
  /**
   * File of texts to compare answers on: a dataset's file, with labels or without, or `.txt` with a text a line.
   *
   * @default the run's first evaluated split
   */
  texts?: string;
  /** Which columns of that file hold texts and labels. @default as a dataset's are found */
  columns?: ColumnOptions;
  /** Texts to compare answers on, at most. @default 2000 */
  rows?: number;
  /** Replaces an earlier export in the folder. @default false */
  overwrite?: boolean;
}

/** The largest file that ONNX's format holds. */
const largestFile = 2 ** 31 - 1;

/**
 * Writes a trained classifier as a folder that transformers.js, ONNX Runtime and optimum open, and says how its answers
 * compare with the classifier's own. The folder is written whole or not at all.
 *
 * @param runOrModel A run's folder, a model's folder or the name of a classifier on the hub.
 * @throws ConfigError where there are no texts to compare answers on, or no labels to judge `maxLoss` by.
 * @throws ExportError where a file loses more accuracy than `maxLoss` allows.
 * @throws OutputError where the folder is not empty or can't be written.
 *
 * @example
 * const { dtypes } = await exportModel("runs/spam", "web/model", { dtypes: ["q8"], maxLoss: 0.5 });
 * dtypes[0].parity.agreement; // 0.998
 */
export async function exportModel(
  runOrModel: string,
  folder: string,
  options: ExportOptions = {},
): Promise<ExportRecord> {
  const { dtypes = ["fp32", "q8"], maxLoss, texts, columns = {}, rows = 2000, overwrite = false } = options;
  const work = { onProgress: options.onProgress, signal: options.signal };
  const chosen = exportDtypes.filter((dtype) => dtypes.includes(dtype));
  if (chosen.length === 0) throw new ConfigError(`dtypes: give one or more of ${exportDtypes.join(", ")}`);
  return replaceFolder(folder, { overwrite, marker: "export.json" }, async (place) => {
    const state = await pretrainedClassifier(await openModel(runOrModel, work), {});
    const compared = await exportTexts(state, runOrModel, { texts, columns, rows, ...work });
    const { parity: checked } = compared;
    if (maxLoss !== undefined && !checked.targets) {
      throw new ConfigError(
        `--max-loss needs labels, and ${checked.source} has none of the model's classes; leave it out, or give labelled texts`,
      );
    }
    const started = performance.now();
    const before = await new Scorer(state, new LocalRunner()).outputs(checked.rows, "texts", work);
    const seconds = (performance.now() - started) / 1000;
    const own = checked.targets && accuracyOf(before, checked.targets);
    const exporter = new Exporter(state, compared, before, work);
    const made: { dtype: ExportedDtype; onnx: Uint8Array }[] = [];
    for (const dtype of chosen) {
      const file = await exporter.make(dtype);
      await breathe(work.signal);
      checkLoss(file.dtype, own?.accuracy, maxLoss);
      made.push(file);
    }
    const record: ExportRecord = {
      textuneVersion: version,
      model: state.name,
      task: state.task,
      pair: state.pair === true,
      labels: [...state.labels],
      ...(state.thresholds && { thresholds: [...state.thresholds] }),
      texts: { source: checked.source, rows: checked.rows.count, labelled: checked.targets !== undefined },
      classifier: { ...(own && { accuracy: own }), rowsPerSecond: checked.rows.count / seconds },
      dtypes: made.map(({ dtype }) => dtype),
      limits: inexpressible(state),
      environment: environment(),
    };
    await writeExportFiles(place, state, record, new Map(made.map(({ dtype, onnx }) => [dtype.file, onnx])));
    return record;
  });
}

function checkLoss({ name, parity }: ExportedDtype, own: number | undefined, maxLoss: number | undefined) {
  if (maxLoss === undefined || own === undefined || !parity.accuracy) return;
  const loss = (own - parity.accuracy.accuracy) * 100;
  // 0.5 points of 1,000 rows are 5 rows, whatever the rounding of the shares says.
  if (loss <= maxLoss + 1e-9) return;
  throw new ExportError(
    `${name} loses ${loss.toFixed(2)} points of accuracy (${(own * 100).toFixed(2)} to ${(parity.accuracy.accuracy * 100).toFixed(2)}), more than --max-loss ${maxLoss}; nothing was written: leave ${name} out of --dtype, or allow more`,
  );
}

/** Makes the files of a classifier and compares each with it. */
class Exporter {
  readonly #state: ClassifierState;
  readonly #texts: ExportTexts;
  readonly #before: Outputs;
  readonly #work: WorkOptions;
  readonly #graph: { logits: Tensor };

  constructor(state: ClassifierState, texts: ExportTexts, before: Outputs, work: WorkOptions) {
    this.#state = state;
    this.#texts = texts;
    this.#before = before;
    this.#work = work;
    this.#graph = exportGraph(state);
  }

  async make(name: ExportDtype): Promise<{ dtype: ExportedDtype; onnx: Uint8Array }> {
    const { rows, targets } = this.#texts.parity;
    const { model, choice } = await this.#model(name);
    const onnx = model.onnx();
    if (onnx.length > largestFile) {
      throw new ModelError(
        `the ${name} file would be larger than the 2 GB that ONNX holds; leave ${name} out`,
      );
    }
    const { outputs, seconds } = await model.outputs(rows, { ...this.#work, subject: `${name} on texts` });
    return {
      onnx,
      dtype: {
        name,
        file: onnxFiles[name],
        bytes: onnx.length,
        rowsPerSecond: rows.count / seconds,
        parity: parity(this.#before, outputs, targets),
        ...(choice && {
          float32Products: choice.float32Products,
          float32Layers: choice.keep,
          calibration: {
            source: this.#texts.calibration.source,
            rows: this.#texts.calibration.rows.count,
            difference: choice.difference,
            layers: choice.layers,
          },
        }),
      },
    };
  }

  async #model(dtype: ExportDtype): Promise<{ model: ExportedModel; choice?: LayerChoice }> {
    const values = valuesOf(this.#state.weights);
    if (dtype === "fp32") return { model: new ExportedModel(this.#state, this.#graph.logits, values) };
    if (dtype === "fp16") {
      const half = halfGraph(this.#graph, values);
      return { model: new ExportedModel(this.#state, half.outputs.logits, half.values) };
    }
    const { rows } = this.#texts.calibration;
    const reference = await new Scorer(this.#state, new LocalRunner()).outputs(
      rows,
      "calibration texts",
      this.#work,
    );
    const choice = await chooseLayers(this.#state, this.#graph, rows, reference, this.#work);
    const quantized = quantizedGraph(this.#graph, values, {
      float32Products: new Set(choice.float32Products),
      keep: new Set(choice.keep),
    });
    return { model: new ExportedModel(this.#state, quantized.outputs.logits, quantized.values), choice };
  }
}
