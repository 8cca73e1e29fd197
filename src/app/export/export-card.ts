import { basename } from "node:path";
import { stringify } from "yaml";
import { escapeMarkdown, markdownTable } from "../report/markdown.ts";
import type { ExportRecord } from "./export-record.ts";
import { comparedText, layersText, parityHeader, parityRows } from "./parity-table.ts";

/** The `README.md` of an exported model: what opens it, what its answers are worth, and what tools can't know of it. */
export function exportCard(record: ExportRecord): string {
  const { labels, task, limits, dtypes, environment, textuneVersion } = record;
  const text = escapeMarkdown;
  const front = {
    library_name: "transformers.js",
    pipeline_tag: "text-classification",
    tags: ["text-classification", "onnx", "textune"],
  };
  const several = task === "multiLabel" ? ", of which any number may apply to a text" : "";
  const layers = dtypes.flatMap((dtype) => layersText(dtype) ?? []);
  const sections = [
    `---\n${stringify(front)}---`,
    "# Text classifier in ONNX",
    `A text classifier with ${labels.length} classes${several}: ${labels.map(text).join(", ")}. It was trained with textune (${text(record.model)}); this folder holds it as ONNX files for transformers.js, ONNX Runtime and optimum. It has no PyTorch weights.`,
    "## Use",
    usage(record),
    ...(limits.length > 0
      ? ["## What tools don't know", limits.map((limit) => `- ${text(limit)}`).join("\n")]
      : []),
    "## Answers compared with the classifier's own",
    `${text(comparedText(record))} The largest difference is that of any probability; rows a second are of one ${text(environment.cpu)} with ${environment.cores} cores.`,
    markdownTable(parityHeader(record), parityRows(record)),
    ...layers.map(text),
    `### Versions\n\ntextune ${textuneVersion}, ONNX Runtime ${environment.onnxruntime}, Node.js ${environment.node}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function usage({ pair, task, dtypes }: ExportRecord): string {
  const dtype = dtypes[0]!;
  const options = `{ dtype: "${dtype.name}" }`;
  const all = task === "multiLabel" ? ", { top_k: null }" : "";
  const javascript = pair
    ? `import { AutoModelForSequenceClassification, AutoTokenizer } from "@huggingface/transformers";

const tokenizer = await AutoTokenizer.from_pretrained("path/to/this/folder");
const model = await AutoModelForSequenceClassification.from_pretrained("path/to/this/folder", ${options});
const inputs = tokenizer("the first text", {
  text_pair: "the second text",
  truncation: true,
  return_token_type_ids: true,
});
const { logits } = await model(inputs);`
    : `import { pipeline } from "@huggingface/transformers";

const classify = await pipeline("text-classification", "path/to/this/folder", ${options});
await classify("a text to classify"${all});`;
  const python = `from optimum.onnxruntime import ORTModelForSequenceClassification
from transformers import AutoTokenizer, pipeline

model = ORTModelForSequenceClassification.from_pretrained(
    "path/to/this/folder", subfolder="onnx", file_name="${basename(dtype.file)}"
)
tokenizer = AutoTokenizer.from_pretrained("path/to/this/folder")
classify = pipeline("text-classification", model=model, tokenizer=tokenizer)
classify(${pair ? '{"text": "the first text", "text_pair": "the second text"}' : '"a text to classify"'}${task === "multiLabel" ? ", top_k=None" : ""})`;
  return `\`\`\`js\n${javascript}\n\`\`\`\n\n\`\`\`python\n${python}\n\`\`\``;
}
