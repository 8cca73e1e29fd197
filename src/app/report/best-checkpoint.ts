import { epochText, percent } from "../../core/format.ts";
import type { HistoryEntry, RunRecord } from "../../core/training/run-record.ts";
import { accuracyName } from "./answer-format.ts";

/** What says which weights a run ended with. */
export type KeptRecord = Pick<RunRecord, "task" | "history" | "best" | "recipe">;

/** Which epoch's weights the model has, and by which score; undefined where no score decided anything. */
export function keptText(record: KeptRecord): string | undefined {
  const { best, history } = record;
  const last = history.at(-1);
  if (!best || !last) return undefined;
  const score = scoreText(best, record);
  if (best.step === last.step) {
    return `The model has the weights of the last epoch, ${epochText(last)}, which is also the best by ${score}.`;
  }
  if (keepsBest(record)) {
    return `The model has the weights of epoch ${epochText(best)}, the best by ${score}, not those of the last, ${epochText(last)}.`;
  }
  return `The model has the weights of the last epoch, ${epochText(last)}. Best by ${score} was epoch ${epochText(best)}, which loadBestModelAtEnd would have kept.`;
}

/** What a table of epochs says beside one of them: `kept`, or `best` where the best was not kept. */
export function keptMark(record: KeptRecord, { step }: HistoryEntry): "kept" | "best" | undefined {
  const { best, history } = record;
  if (!best) return undefined;
  if (step === (keepsBest(record) ? best.step : history.at(-1)?.step)) return "kept";
  return step === best.step ? "best" : undefined;
}

const keepsBest = ({ recipe }: KeptRecord): boolean => recipe.loadBestModelAtEnd === true;

/** `accuracy on validation (87.5%)` */
function scoreText({ metric, value }: NonNullable<RunRecord["best"]>, { task }: KeptRecord): string {
  const dot = metric.lastIndexOf(".");
  const name = metric.slice(dot + 1);
  const names: Record<string, string> = {
    loss: "log loss",
    accuracy: accuracyName(task),
    macroF1: "macro-F1",
    microF1: "micro-F1",
  };
  return `${names[name] ?? name} on ${metric.slice(0, dot)} (${name === "loss" ? value.toFixed(4) : percent(value)})`;
}
