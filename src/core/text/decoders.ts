import { byteLevelBytes } from "./byte-level.ts";
import { readPattern } from "./pattern/pattern.ts";
import {
  type PartJson,
  readCharacter,
  readChoice,
  readCount,
  readPart,
  readSteps,
  readSwitch,
  readText,
  refusedType,
} from "./settings.ts";

/** Makes parts of a text of tokens. */
export type Decoder = (tokens: string[]) => string[];

const utf8 = new TextEncoder();

const DECODERS: Record<string, (json: PartJson, depth: number) => Decoder> = {
  BPEDecoder: (json) => {
    const suffix = readText(json, "suffix", "</w>");
    return (tokens) =>
      tokens.map((token, i) => token.replaceAll(suffix, () => (i === tokens.length - 1 ? "" : " ")));
  },
  ByteFallback: () => byteFallback,
  ByteLevel: () => (tokens) => {
    const bytes = tokens.flatMap((token) => [...(byteLevelBytes(token) ?? utf8.encode(token))]);
    return [new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes))];
  },
  CTC: (json) => {
    const pad = readText(json, "pad_token", "<pad>");
    const delimiter = readText(json, "word_delimiter_token", "|");
    const cleans = readSwitch(json, "cleanup", true);
    return (tokens) =>
      tokens
        .filter((token, i) => token !== tokens[i - 1])
        .map((token) => token.replaceAll(pad, ""))
        .map((token) => (cleans ? cleanUp(token).replaceAll(delimiter, " ") : token))
        .filter((token) => token !== "");
  },
  Fuse: () => (tokens) => [tokens.join("")],
  Metaspace: (json) => {
    const replacement = readCharacter(json, "replacement");
    const addsSpace = readSwitch(json, "add_prefix_space", true);
    const scheme = readChoice(
      json,
      "prepend_scheme",
      ["first", "never", "always"] as const,
      addsSpace ? "always" : "never",
    );
    return (tokens) =>
      tokens.map((token, i) => token.replaceAll(replacement, i === 0 && scheme !== "never" ? "" : " "));
  },
  Replace: (json) => {
    const pattern = readPattern(json.pattern, "decoder Replace");
    const content = readText(json, "content");
    return (tokens) =>
      tokens.map((token) => {
        let result = "";
        let last = 0;
        for (const [start, end] of pattern.matches(token)) {
          result += token.slice(last, start) + content;
          last = end;
        }
        return result + token.slice(last);
      });
  },
  Sequence: (json, depth) => {
    const steps = readSteps(json, "decoders").map((step) => buildChain(step, depth + 1));
    return (tokens) => steps.reduce((parts, step) => step(parts), tokens);
  },
  Strip: (json) => {
    const content = readCharacter(json, "content");
    const start = readCount(json, "start", 0);
    const stop = readCount(json, "stop", 0);
    return (tokens) => tokens.map((token) => stripped(token, content, start, stop));
  },
  WordPiece: (json) => {
    const prefix = readText(json, "prefix", "##");
    const cleans = readSwitch(json, "cleanup", true);
    return (tokens) =>
      tokens.map((token, i) => {
        let part = token;
        if (i > 0) part = token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
        return cleans ? cleanUp(part) : part;
      });
  },
};

/**
 * Reads `tokenizer.json`'s `decoder`, which makes a text of tokens; without one they are joined by spaces.
 *
 * @throws ModelError if it is damaged or of an unknown type.
 */
export function buildDecoder(json: unknown): (tokens: string[]) => string {
  if (json === null || json === undefined) return (tokens) => tokens.join(" ");
  const decode = buildChain(json, 0);
  return (tokens) => decode(tokens).join("");
}

function buildChain(json: unknown, depth: number): Decoder {
  const part = readPart(json, "decoder", depth);
  const build = Object.hasOwn(DECODERS, part.type) ? DECODERS[part.type]! : undefined;
  if (!build) return refusedType(part, "decoder", Object.keys(DECODERS));
  return build(part, depth);
}

/** Tokens `<0x00>` … `<0xFF>` in a row are the bytes of characters; where they are none, each is U+FFFD. */
function byteFallback(tokens: string[]): string[] {
  const parts: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length === 0) return;
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      parts.push(decoder.decode(Uint8Array.from(bytes)));
    } catch {
      parts.push(...bytes.map(() => "\ufffd"));
    }
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9a-f]{2}|\+[0-9a-f])>$/i.exec(token);
    if (byte) bytes.push(Number.parseInt(byte[1]!.replace("+", ""), 16));
    else {
      flush();
      parts.push(token);
    }
  }
  flush();
  return parts;
}

function stripped(token: string, content: string, start: number, stop: number): string {
  const characters = Array.from(token);
  let first = 0;
  while (first < Math.min(start, characters.length) && characters[first] === content) first++;
  let end = characters.length;
  while (characters.length - end < stop && end > first && characters[end - 1] === content) end--;
  return characters.slice(first, end).join("");
}

/** Takes away the spaces that English has not. */
function cleanUp(text: string): string {
  return text
    .replaceAll(" .", ".")
    .replaceAll(" ?", "?")
    .replaceAll(" !", "!")
    .replaceAll(" ,", ",")
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(" do not", " don't")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}
