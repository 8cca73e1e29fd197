import protobuf from "protobufjs/minimal.js";
import { ModelError } from "../errors.ts";
import { decodeMessage, type Schema } from "../protobuf.ts";
import { classOf, type Piece, rolesOf, sentencePieceClasses } from "./tokenizer-classes.ts";
import type { TokenizerConfig, TokenizerJson } from "./vocabulary-files.ts";

/** The part of SentencePiece's schema (sentencepiece_model.proto) that a vocabulary is made of. */
const schema: Schema = {
  ModelProto: {
    pieces: { rule: "repeated", type: "SentencePiece", id: 1 },
    trainerSpec: { type: "TrainerSpec", id: 2 },
    normalizerSpec: { type: "NormalizerSpec", id: 3 },
  },
  SentencePiece: {
    piece: { type: "string", id: 1 },
    score: { type: "float", id: 2 },
    type: { type: "int32", id: 3, default: 1 },
  },
  TrainerSpec: { modelType: { type: "int32", id: 3, default: 1 }, unkId: { type: "int32", id: 40 } },
  NormalizerSpec: { precompiledCharsmap: { type: "bytes", id: 2 } },
};

interface SentencePieceModel {
  pieces: { piece: string; score: number; type: number }[];
  trainerSpec?: { modelType: number; unkId: number };
  normalizerSpec?: { precompiledCharsmap: Uint8Array };
}

/** Types of models and of pieces, by their numbers in the schema. */
const UNIGRAM = 1;
const MODEL_TYPES = ["", "unigram", "BPE", "word", "character"];
const CONTROL = 3;
const USER_DEFINED = 4;

/**
 * The `tokenizer.json` of a SentencePiece model (`spm.model`, `sentencepiece.bpe.model`, `spiece.model`), as transformers
 * makes it for the config's class; all but vocabulary and character map is the class's to add.
 *
 * @param source The file, for the error's message.
 * @returns The config with the model's control and user-defined pieces as special tokens, where it names none itself.
 * @throws ModelError if the file is damaged, no unigram model, or the class doesn't read such files.
 */
export function sentencePieceJson(
  bytes: Uint8Array,
  config: TokenizerConfig,
  source: string,
): { json: TokenizerJson; config: TokenizerConfig } {
  const fromPieces = classOf(config)?.fromPieces;
  if (fromPieces === undefined) {
    const name = config.tokenizer_class;
    const whose =
      typeof name === "string" ? `a tokenizer of class ${name.slice(0, 60)}` : "a tokenizer without a class";
    throw new ModelError(
      `${source}: ${whose} can't be made of a SentencePiece model; name one of ${sentencePieceClasses.join(", ")} ` +
        "as tokenizer_class in tokenizer_config.json, or save the tokenizer as tokenizer.json",
    );
  }
  const { pieces, trainerSpec, normalizerSpec } = parse(bytes, source);
  const { modelType = UNIGRAM, unkId = 0 } = trainerSpec ?? {};
  if (modelType !== UNIGRAM) {
    const type = MODEL_TYPES[modelType] ?? `unknown (${modelType})`;
    throw new ModelError(
      `${source} is a SentencePiece model of type ${type}; unigram models are read: save the tokenizer as tokenizer.json`,
    );
  }
  const vocab = fromPieces(
    pieces.map(({ piece, score }): Piece => [piece, score]),
    rolesOf(config),
  );
  const map = normalizerSpec?.precompiledCharsmap ?? new Uint8Array();
  const json: TokenizerJson = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer:
      map.length === 0
        ? null
        : { type: "Precompiled", precompiled_charsmap: protobuf.util.base64.encode(map, 0, map.length) },
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: { type: "Unigram", unk_id: unkId, byte_fallback: false, vocab },
  };
  const ownTokens = pieces
    .filter(({ type }) => type === CONTROL || type === USER_DEFINED)
    .map(({ piece, type }) => ({
      // As transformers writes tokens in a config; saved, it reads them again.
      __type: "AddedToken",
      ...{ content: piece, single_word: false, lstrip: false, rstrip: false, normalized: false },
      special: type === CONTROL,
    }));
  return {
    json,
    config: {
      unk_id: unkId,
      ...config,
      ...(config.extra_special_tokens === undefined && { extra_special_tokens: ownTokens }),
    },
  };
}

function parse(bytes: Uint8Array, source: string): SentencePieceModel {
  let model: SentencePieceModel;
  try {
    model = decodeMessage(schema, "ModelProto", bytes) as unknown as SentencePieceModel;
  } catch (cause) {
    throw new ModelError(`${source} is damaged, or no SentencePiece model; fetch it again`, { cause });
  }
  if (model.pieces.length === 0) {
    throw new ModelError(`${source} is damaged, or no SentencePiece model: it has no pieces; fetch it again`);
  }
  return model;
}
