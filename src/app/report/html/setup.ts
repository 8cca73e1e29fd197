import { stringify } from "yaml";
import { bytes, dateTime, duration, integer } from "../../../core/format.ts";
import type { RunRecord } from "../../../core/training/run-record.ts";
import { loadingTexts } from "../loading-notes.ts";
import { html, type Markup } from "../markup.ts";
import { type UsedModel, usageCode, usageCommand } from "../usage-code.ts";
import { facts } from "./parts.ts";

/** The resolved recipe, as a file that `textune train` takes. */
export function configuration({ recipe, chosen }: RunRecord): Markup {
  return html`${chosen && html`<p>${chosen}</p>`}<p>Every setting of the run, defaults included.</p>
<pre tabindex="0"><code>${stringify(recipe).trimEnd()}</code></pre>
`;
}

/** The model, where the time went, and what it ran on. */
export function modelAndMachine({
  model,
  timing,
  environment,
  textuneVersion,
  startedAt,
}: RunRecord): Markup {
  const { epochs } = timing;
  const meanEpoch = epochs.reduce((sum, seconds) => sum + seconds, 0) / epochs.length;
  const trainedPercent = (100 * model.trainableParameters) / model.parameters;
  return html`<div class="grid narrow">
${facts("Model", [
  ["Started from", model.name],
  ["Architecture", model.architecture],
  ["Head", model.head],
  ["Pooling", model.pooling],
  ["Layers × hidden size", `${model.layers} × ${model.hiddenSize}`],
  ["Parameters", integer(model.parameters)],
  ["Trained", `${integer(model.trainableParameters)} (${Number(trainedPercent.toPrecision(2))}%)`],
  ["Encoded once", model.layersEncodedOnce && `the lowest ${model.layersEncodedOnce} layers, frozen`],
  ["Longest input", model.maxLength && `${integer(model.maxLength)} tokens`],
  ["From the checkpoint", loadingTexts({ ...model, notes: model.loadingNotes }).join("; ") || undefined],
])}
${facts("Time and memory", [
  ["Total", duration(timing.total)],
  ["Tokenizing", duration(timing.tokenizing)],
  [
    model.layersEncodedOnce ? "Encoding once, frozen layers" : "Encoding once, frozen encoder",
    timing.encoding && duration(timing.encoding),
  ],
  ["Epoch, on average", epochs.length > 0 && `${duration(meanEpoch)} (${epochs.length} epochs)`],
  ["Tokens per second", timing.tokensPerSecond && integer(timing.tokensPerSecond)],
  ["Peak memory", timing.peakMemory && bytes(timing.peakMemory)],
])}
${facts("Environment", [
  ["Started", dateTime(startedAt)],
  ["textune", textuneVersion],
  ["ONNX Runtime", environment.onnxruntime],
  ["Node.js", environment.node],
  ["Browser", environment.browser],
  ["Platform", environment.platform],
  ["Processor", `${environment.cpu}, ${environment.cores} cores`],
])}
</div>
`;
}

/** How to use the trained model from the command line and from a program. */
export function usage(modelFolder: string, model: UsedModel): Markup {
  return html`<div class="stack">
<p>The model's folder has the Hugging Face layout: <code>config.json</code>, <code>model.safetensors</code>, <code>tokenizer.json</code>.</p>
<pre tabindex="0"><code>${usageCommand(modelFolder, model)}</code></pre>
<pre tabindex="0"><code>${usageCode(modelFolder, model)}</code></pre>
</div>
`;
}
