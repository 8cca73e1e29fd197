import { z } from "zod";
import type { Prediction, TextInput } from "../../core/classifier/predict.ts";
import type { Task } from "../../core/data/targets.ts";
import { ConfigError, DataError } from "../../core/errors.ts";
import { keyProblem } from "../../core/options.ts";

const text = z.string();
/** A pair as Hugging Face's pipelines take it. */
const pipelinePair = z.object({ text, text_pair: z.string() });
const pair = z.object({ text, pair: z.string() });

const functions = ["softmax", "sigmoid", "none"] as const;

/** What Hugging Face's clients send for text classification. */
const inferenceRequest = z.strictObject({
  inputs: z
    .union([text, pipelinePair, z.array(z.union([text, pipelinePair])).min(1)], {
      error: "give a text, { text, text_pair }, or a list of either",
    })
    .describe("a text, a pair, or a list of either"),
  parameters: z
    .strictObject({
      top_k: z.int().min(1).nullish().describe("classes an answer has at most, the most probable first"),
      function_to_apply: z.enum(functions).nullish().describe("only the one that the model was trained with"),
    })
    .nullish(),
  options: z.looseObject({}).nullish().describe("taken and ignored: for clients that send it"),
});

const textRequest = z.strictObject({
  text: text.describe("a text"),
  pair: z.string().optional().describe("the second text of a pair"),
});
const textsRequest = z.strictObject({
  texts: z
    .array(z.union([text, pair], { error: "give a text or { text, pair }" }))
    .min(1)
    .describe("texts, or pairs of texts"),
});

const score = z.object({ label: z.string(), score: z.number().min(0).max(1) });
const prediction = z.object({
  label: z.string().describe("the most probable class"),
  score: z.number().min(0).max(1).describe("its probability"),
  labels: z.array(z.string()).describe("the classes of the text: one, or of a multi-label model any number"),
  scores: z.record(z.string(), z.number().min(0).max(1)).describe("probability of every class"),
});

/** What can be sent to `POST /predict`, by the key that tells which it is. */
export const requests = { inputs: inferenceRequest, texts: textsRequest, text: textRequest };

/** What comes back, by the same key. */
export const responses = { inputs: z.array(z.array(score)), texts: z.array(prediction), text: prediction };

export const errorResponse = z.object({
  error: z.string().describe("what is wrong and what to do, in one line"),
});

/** Texts of a request, and how their answer is put. */
export interface PredictRequest {
  inputs: TextInput[];
  shape(predictions: Prediction[]): unknown;
}

/**
 * Reads the body of `POST /predict`.
 *
 * @throws DataError in one line where it is none.
 */
export function readRequest(body: unknown, { task }: { task: Task }): PredictRequest {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new DataError('send a JSON object: {"inputs": "a text"}, {"text": "…"} or {"texts": ["…"]}');
  }
  if ("inputs" in body) {
    const { inputs, parameters } = parse(requests.inputs, body);
    checkFunction(parameters?.function_to_apply, task);
    const list = (Array.isArray(inputs) ? inputs : [inputs]).map((input) =>
      typeof input === "string" ? input : { text: input.text, pair: input.text_pair },
    );
    const topK = parameters?.top_k ?? undefined;
    return { inputs: list, shape: (predictions) => predictions.map((one) => ranked(one, topK)) };
  }
  if ("texts" in body) {
    return { inputs: parse(requests.texts, body).texts, shape: (predictions) => predictions };
  }
  const { text, pair } = parse(requests.text, body);
  return { inputs: [pair === undefined ? text : { text, pair }], shape: ([first]) => first };
}

function parse<Schema extends z.ZodObject>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  throw new DataError(
    unknown === undefined
      ? keyProblem({ ...issue!, input: undefined })
      : `there is no key "${unknown.slice(0, 60)}"; /openapi.json says what can be sent`,
  );
}

/** Probabilities are what a model answers; with another function they would be other numbers. */
function checkFunction(name: (typeof functions)[number] | null | undefined, task: Task): void {
  const own = task === "multiLabel" ? "sigmoid" : "softmax";
  if (name === undefined || name === null || name === own) return;
  throw new ConfigError(`function_to_apply: this model answers with ${own}; give that, or leave it out`);
}

const ranked = ({ scores }: Prediction, topK?: number): { label: string; score: number }[] =>
  Object.entries(scores)
    .map(([label, value]) => ({ label, score: value }))
    .sort((a, b) => b.score - a.score)
    .slice(0, topK);
