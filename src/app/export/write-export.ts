import { join } from "node:path";
import { modelInputNames } from "../../core/classifier/model-files.ts";
import { writeModelSettings } from "../../core/classifier/model-settings.ts";
import { longestRow } from "../../core/classifier/row-limit.ts";
import type { ClassifierState } from "../../core/classifier/state.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { saveTokenizer } from "../../node/text/tokenizer-folder.ts";
import { defaultDtype } from "./dtypes.ts";
import { exportCard } from "./export-card.ts";
import type { ExportRecord } from "./export-record.ts";

/**
 * Writes an export's files: the ONNX files, `config.json`, the tokenizer, `export.json` and a card.
 *
 * @param files ONNX files by their path below the folder.
 * @throws OutputError
 */
export async function writeExportFiles(
  folder: string,
  state: ClassifierState,
  record: ExportRecord,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const [file, bytes] of files) await writeFileAtomic(join(folder, file), bytes);
  const { encoder } = state.design;
  await saveTokenizer(state.tokenizer, folder, {
    modelInputNames: modelInputNames(encoder),
    modelMaxLength: longestRow(encoder, state.maxLength),
  });
  await writeJson(join(folder, "config.json"), exportConfig(state, record));
  await writeJson(join(folder, "export.json"), record);
  await writeFileAtomic(join(folder, "README.md"), exportCard(record));
}

/**
 * `config.json` as tools read it to open the ONNX files: whatever the head and the pooling, the files hold the whole
 * classifier, so the architecture's own sequence classifier is what to open them as.
 */
export function exportConfig(
  { config, design, task, labels, thresholds, maxLength, pair }: ClassifierState,
  { dtypes }: Pick<ExportRecord, "dtypes">,
): Record<string, unknown> {
  const { encoder, head, pooling } = design;
  const settings = writeModelSettings(config, encoder, {
    ...{ head, pooling, task, thresholds, maxLength, pair },
    // One logit has become two.
    loss: task === "multiLabel" ? "binaryCrossEntropy" : "crossEntropy",
    labels: [...labels],
  });
  const dtype = defaultDtype(dtypes.map(({ name }) => name));
  return {
    ...settings,
    architectures: [encoder.classifierClass],
    ...(dtype && { "transformers.js_config": { dtype } }),
  };
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}
