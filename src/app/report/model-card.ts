import { stringify } from "yaml";
import { isHuggingFaces } from "../../core/classifier/model-settings.ts";
import { dateTime, duration, epochText, integer, percent } from "../../core/format.ts";
import { ownValue } from "../../core/own-value.ts";
import type { FinalEvaluation, RunRecord } from "../../core/training/run-record.ts";
import { accuracyName, accuracyTitle, answerText } from "./answer-format.ts";
import { keptMark, keptText } from "./best-checkpoint.ts";
import { classScoreTable } from "./class-score-table.ts";
import { loadingTexts } from "./loading-notes.ts";
import { escapeMarkdown, markdownTable } from "./markdown.ts";
import { solutionText } from "./solution.ts";
import { usageCode } from "./usage-code.ts";

/**
 * The `README.md` of a trained model: the front matter that the Hugging Face hub reads, and a card filled in from
 * the run. What the run can't know (license, languages) is left for the author to add.
 */
export function renderModelCard(record: RunRecord): string {
  const text = escapeMarkdown;
  const solved = solutionText(record);
  const sections = [
    `---\n${stringify(frontMatter(record))}---`,
    `# ${text(record.name)}`,
    introduction(record),
    "## Results",
    resultTable(record),
    ...record.evaluations.map((evaluation) => classTable(evaluation)),
    "## Use",
    `\`\`\`ts\n${usageCode("path/to/this/folder", record)}\n\`\`\``,
    openedBy(record),
    ...limits(record),
    "## Training",
    `Trained ${dateTime(record.startedAt)} in ${duration(record.timing.total)} on ${record.environment.cores} cores (${text(record.environment.cpu)}).`,
    ...(record.chosen === undefined ? [] : [text(record.chosen)]),
    ...loadingTexts({ ...record.model, notes: record.model.loadingNotes }).map((said) =>
      text(sentence(said)),
    ),
    `### Data\n\n${dataTable(record)}`,
    `### Settings\n\n\`\`\`yaml\n${stringify(record.recipe).trimEnd()}\n\`\`\``,
    ...(solved === undefined ? history(record) : [text(solved)]),
    `### Versions\n\ntextune ${record.textuneVersion}, ONNX Runtime ${record.environment.onnxruntime}, Node.js ${record.environment.node}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

/** As https://huggingface.co/docs/hub/model-cards describes it. */
function frontMatter({ name, hub, model, evaluations, data }: RunRecord): Record<string, unknown> {
  const metric = (type: string, title: string, value: number) => ({ type, name: title, value: round(value) });
  return {
    library_name: "textune",
    ...(isHuggingFaces(model) && { pipeline_tag: "text-classification" }),
    ...(hub?.model !== undefined && { base_model: hub.model }),
    ...(hub?.dataset !== undefined && { datasets: [hub.dataset] }),
    tags: ["text-classification", "textune", model.architecture],
    metrics: ["accuracy", "f1"],
    "model-index": [
      {
        name,
        results: evaluations.map(({ split, report }) => ({
          task: { type: "text-classification", name: "Text Classification" },
          dataset: {
            name: data.find((summary) => summary.name === split)?.source ?? split,
            type: hub?.dataset ?? "unknown",
            split,
          },
          metrics: [
            metric("accuracy", accuracyTitle(report.task), report.accuracy),
            ...(report.task === "multiLabel" ? [metric("f1", "Micro F1", report.microF1)] : []),
            metric("f1", "Macro F1", report.macroF1),
            metric("loss", "Log loss", report.loss),
          ],
        })),
      },
    ],
  };
}

function introduction({ labels, task, model, data, hub }: RunRecord): string {
  const base =
    hub?.model === undefined ? `\`${model.name}\`` : `[${hub.model}](https://huggingface.co/${hub.model})`;
  const trained =
    model.trainableParameters === model.parameters
      ? `all ${integer(model.parameters)} parameters`
      : `${integer(model.trainableParameters)} of ${integer(model.parameters)} parameters`;
  const below = model.layersEncodedOnce
    ? ` The lowest ${model.layersEncodedOnce} of ${model.layers} layers stayed as they were, without dropout, and every row was encoded by them once.`
    : "";
  const train = data[0];
  const rows = train === undefined ? "" : ` on ${integer(train.rows)} rows of \`${train.source}\``;
  return [
    `A text classifier with ${labels.length} classes${task === "multiLabel" ? ", of which any number may apply to a text" : ""}: ${labels.map(escapeMarkdown).join(", ")}.`,
    `It was trained with textune from ${base}${rows}, ${trained} trained, with a ${model.head} head on ${model.pooling} pooling.${below}`,
  ].join("\n");
}

/** What opens the folder, and what must not be used on it. */
function openedBy({ model }: RunRecord): string {
  const elsewhere =
    "For the browser, Node.js without textune, and ONNX Runtime, write it with `textune export`.";
  if (isHuggingFaces(model)) {
    return `The head is that of Hugging Face's class: Python's \`pipeline("text-classification")\` and \`AutoModelForSequenceClassification\` open this folder too. ${elsewhere}`;
  }
  return `Head and pooling are textune's own. Python's \`pipeline("text-classification")\` and \`AutoModelForSequenceClassification\` have no such head: they would put a random one in its place and answer at random, so don't open this folder with them. ${elsewhere}`;
}

function resultTable({ evaluations, labels, task }: RunRecord): string {
  if (evaluations.length === 0) return "This model was not evaluated.";
  if (task === "multiLabel") return setResultTable(evaluations, labels);
  return markdownTable(
    ["Split", "Rows", "Accuracy", "Macro F1", "Log loss", "Calibration error", "Majority class"],
    evaluations.map(({ split, report, majorityBaseline }) => [
      split,
      integer(report.rows),
      percent(report.accuracy),
      percent(report.macroF1),
      report.loss.toFixed(4),
      percent(report.calibrationError),
      `${percent(majorityBaseline.accuracy)} (${answerText(majorityBaseline.label, labels)})`,
    ]),
  );
}

function setResultTable(evaluations: FinalEvaluation[], labels: string[]): string {
  return markdownTable(
    [
      ...["Split", "Rows", "Micro F1", "Macro F1", "Exact match", "Hamming loss", "Log loss"],
      "Most frequent set, exact match",
    ],
    evaluations.flatMap(({ split, report, majorityBaseline }) =>
      report.task === "multiLabel"
        ? [
            [
              split,
              integer(report.rows),
              percent(report.microF1),
              percent(report.macroF1),
              percent(report.accuracy),
              percent(report.hammingLoss, 2),
              report.loss.toFixed(4),
              `${percent(majorityBaseline.accuracy)} (${answerText(majorityBaseline.label, labels)})`,
            ],
          ]
        : [],
    ),
  );
}

function classTable({ split, report }: FinalEvaluation): string {
  const { header, rows } = classScoreTable(report);
  const titles = header.slice(0, -1);
  const scores = rows.map((row) => row.slice(0, -1));
  return `### Per class on ${escapeMarkdown(split)}\n\n${markdownTable(titles, scores)}`;
}

/** What textune warned of, since it bounds what the scores mean. */
function limits({ findings }: RunRecord): string[] {
  if (findings.length === 0) return [];
  const items = findings.map(
    ({ found, why, advice }) =>
      `- **${escapeMarkdown(found)}** ${escapeMarkdown(why)} ${escapeMarkdown(advice)}`,
  );
  return ["## Limits", items.join("\n")];
}

function dataTable({ data }: RunRecord): string {
  return markdownTable(
    ["Split", "Source", "Rows", "Tokens, median", "Tokens, longest", "Rows truncated"],
    data.map((split) => [
      split.name,
      split.source,
      integer(split.rows),
      integer(split.tokens.median),
      integer(split.tokens.max),
      integer(split.truncatedRows),
    ]),
  );
}

function history(record: RunRecord): string[] {
  if (record.history.length === 0) return [];
  const kept = keptText(record);
  return ["### History", ...(kept === undefined ? [] : [escapeMarkdown(kept)]), historyTable(record)];
}

function historyTable(record: RunRecord): string {
  const { history, task } = record;
  const splits = [...new Set(history.flatMap((entry) => Object.keys(entry.evaluations)))];
  return markdownTable(
    [
      "Epoch",
      "Updates",
      "Train loss",
      `Train ${accuracyName(task)}`,
      ...splits.flatMap((s) => [`${s} loss`, `${s} ${accuracyName(task)}`]),
    ],
    history.map((entry) => [
      [epochText(entry), keptMark(record, entry)].filter(Boolean).join(" · "),
      integer(entry.step),
      entry.train.loss.toFixed(4),
      percent(entry.train.accuracy),
      ...splits.flatMap((split) => {
        const score = ownValue(entry.evaluations, split);
        return score === undefined ? ["", ""] : [score.loss.toFixed(4), percent(score.accuracy)];
      }),
    ]),
  );
}

const sentence = (said: string): string => `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;

const round = (value: number): number => Number(value.toFixed(4));
