import { type Dim, symbol } from "../engine/dimension.ts";
import * as op from "../engine/operators/index.ts";
import { input, type Tensor } from "../engine/tensor.ts";
import { type Dropout, noDropout } from "../nn/dropout.ts";
import { embeddingTable } from "../nn/layers.ts";
import { type Parameter, type ParameterScope, Parameters } from "../nn/parameters.ts";

/** The tensors of a batch of tokenized texts, each [batch, length] int32. */
export interface EncoderInputs {
  inputIds: Tensor;
  /** 1 for a token, 0 for padding. */
  attentionMask: Tensor;
  /** 0 for the first text, 1 for the second. Models without token types don't read it. */
  tokenTypeIds: Tensor;
}

/** The graph inputs of a batch, named as Hugging Face's tokenizers name them. */
export function encoderInputs(): EncoderInputs {
  const shape = [symbol("batch"), symbol("length")];
  return {
    inputIds: input("input_ids", "int32", shape),
    attentionMask: input("attention_mask", "int32", shape),
    tokenTypeIds: input("token_type_ids", "int32", shape),
  };
}

/** How an encoder is traced. */
export interface EncodeOptions {
  dropout: Dropout;
  /**
   * Positions of the last layer to compute: `all` gives hidden states [batch, length, hidden size], `first` only
   * those of [CLS], [batch, hidden size], and skips the work for the others.
   */
  positions: "all" | "first";
  /** Which layers to trace. @default all, the embeddings in front of them */
  part?: EncoderPart;
}

/** Some of an encoder's layers: what the layers below give is what those above start from. */
export type EncoderPart =
  /** The embeddings and the layers with an index below `to`. */
  | { to: number }
  /** The layers from the index `from` on, given the hidden states in front of it, [batch, length, hidden size]. */
  | { from: number; hidden: Tensor };

/** What Hugging Face calls an architecture. */
export interface EncoderNames {
  /** `config.json`'s `model_type`. */
  readonly modelType: string;
  /** The class of its sequence classifier: `DistilBertForSequenceClassification`. */
  readonly classifierClass: string;
  /** The class of the bare encoder: `DistilBertModel`. */
  readonly encoderClass: string;
}

/** A transformer encoder, configured from a checkpoint's `config.json`. */
export interface Encoder extends EncoderNames {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly vocabularySize: number;
  /** Kinds of `token_type_ids` that it tells apart; 0 where it has none. */
  readonly tokenTypes: number;
  /** The longest input in tokens. */
  readonly maxLength: number;
  /** What the encoder's parameters are named under in a classifier's checkpoint: `distilbert`. */
  readonly prefix: string;
  /** What the last linear layer of Hugging Face's classification head is named: `classifier`. */
  readonly outputLayer: string;

  /** Traces the encoder, its parameters in `scope`. */
  encode(scope: ParameterScope, inputs: EncoderInputs, options: EncodeOptions): Tensor;

  /**
   * Traces Hugging Face's own classification head up to the last linear layer: what `outputLayer` is applied to.
   *
   * @param scope The classifier's root: some heads keep parameters under the encoder's prefix.
   * @param pooled [batch, hidden size]
   * @returns [batch, hidden size]
   */
  headFeatures(scope: ParameterScope, pooled: Tensor, dropout: Dropout): Tensor;
}

/** Parameters of the bare encoder, named as in its own checkpoint, without a prefix. */
export function encoderParameters(encoder: Encoder): Parameter[] {
  const parameters = new Parameters();
  encoder.encode(parameters.scope("", "embeddings"), encoderInputs(), {
    dropout: noDropout,
    positions: "all",
  });
  return parameters.list();
}

/** The first `length` rows of a learned position table: [length, size]; parameter `weight` [rows, size]. */
export function positionRows(scope: ParameterScope, length: Dim, rows: number, size: number): Tensor {
  return op.slice(embeddingTable(scope, rows, size), 0, 0, length);
}

/**
 * Where a part of an encoder begins and ends.
 *
 * @param embed Traces the embeddings, where the part has them.
 * @returns The layers from `from` to `to`, which is not among them, and what the first reads.
 */
export function enterLayers(
  part: EncoderPart | undefined,
  layers: number,
  embed: () => Tensor,
): { from: number; to: number; hidden: Tensor } {
  if (part && "from" in part) return { from: part.from, to: layers, hidden: part.hidden };
  return { from: 0, to: part?.to ?? layers, hidden: embed() };
}

/** An encoder as its architecture makes it; the registry's entry knows its names. */
export type ConfiguredEncoder = Omit<Encoder, keyof EncoderNames>;
