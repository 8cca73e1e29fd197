import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { buildDecoder } from "../../src/core/text/decoders.ts";
import { buildModel } from "../../src/core/text/models/model.ts";
import { buildNormalizer } from "../../src/core/text/normalizers.ts";
import { buildPipeline } from "../../src/core/text/pipeline.ts";
import { buildPreTokenizer } from "../../src/core/text/pre-tokenizers.ts";

/** A part; or whether a normalizer leaves the first word the first. */
type Role = "normalizer" | "pre_tokenizer" | "model" | "decoder" | "start";

interface Case {
  role: Role;
  seed: number;
  json: Record<string, unknown>;
  pre_tokenizer?: unknown;
  digests: string[];
}

const file = fileURLToPath(new URL("../fixtures/text/components.json", import.meta.url));
const goldens = JSON.parse(await readFile(file, "utf8")) as {
  pools: string[];
  modelPools: string[];
  decoderPieces: string[];
  startModel: { type: string };
  texts: number;
  block: number;
  cases: Case[];
};

/** The generator of test/reference/text_components.py. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return (this.#state >>> 8) % limit;
  }

  text(pools: readonly string[][]): string {
    const characters: string[] = [];
    const count = 1 + this.below(24);
    for (let i = 0; i < count; i++) {
      const kind = this.below(pools.length + 4);
      const pool = pools[kind];
      if (pool) characters.push(pool[this.below(pool.length)]!);
      else if (kind === pools.length && characters.length > 0) characters.push(characters.at(-1)!);
      else if (kind === pools.length + 1 && pools.length > 4) {
        characters.push(String.fromCodePoint(this.below(0xd800)));
      } else if (kind === pools.length + 2 && pools.length > 4) {
        characters.push(String.fromCodePoint(0x10000 + this.below(0x20000)));
      } else characters.push(pools[0]![this.below(pools[0]!.length)]!);
    }
    return characters.join("");
  }
}

const pools = goldens.pools.map((pool) => Array.from(pool));
const modelPools = goldens.modelPools.map((pool) => Array.from(pool));

function outputs({ role, seed, json, pre_tokenizer }: Case): string[] {
  const random = new Random(seed);
  const each = (output: () => string) => Array.from({ length: goldens.texts }, output);
  switch (role) {
    case "normalizer": {
      const normalize = buildNormalizer(json);
      return each(() => normalize(random.text(pools)));
    }
    case "pre_tokenizer": {
      const split = buildPreTokenizer(json);
      return each(() => words(split(random.text(pools), true)).join("\u241f"));
    }
    case "model": {
      const model = buildModel(json);
      const split = buildPreTokenizer(pre_tokenizer);
      return each(() =>
        words(split(random.text(modelPools), true))
          .flatMap((word) => model.encode(word))
          .join(" "),
      );
    }
    case "start": {
      const { tokenize } = buildPipeline({
        normalizer: json as { type: string },
        pre_tokenizer: pre_tokenizer as { type: string },
        model: goldens.startModel,
      });
      return each(() => tokenize(random.text(pools)).join(" "));
    }
    case "decoder": {
      const decode = buildDecoder(json);
      const pieces = goldens.decoderPieces;
      return each(() =>
        decode(Array.from({ length: 1 + random.below(12) }, () => pieces[random.below(pieces.length)]!)),
      );
    }
  }
}

function words(given: readonly string[]): string[] {
  return given.filter((word) => word !== "");
}

function digests(texts: readonly string[]): string[] {
  const found: string[] = [];
  for (let i = 0; i < texts.length; i += goldens.block) {
    const block = texts.slice(i, i + goldens.block).join("\0");
    found.push(createHash("sha256").update(block).digest("hex").slice(0, 16));
  }
  return found;
}

/** What a part is, without its vocabulary. */
function title({ json, pre_tokenizer }: Case): string {
  const { vocab: _, merges: __, precompiled_charsmap: ___, ...settings } = json;
  return JSON.stringify(settings) + (pre_tokenizer ? " on words" : "");
}

describe.each<Role>(["normalizer", "pre_tokenizer", "model", "decoder", "start"])(
  "%s over random Unicode",
  (role) => {
    const cases = goldens.cases.filter((one) => one.role === role);
    it.each(cases.map((one) => [title(one), one] as const))("equals Hugging Face's: %s", (_, one) => {
      expect(digests(outputs(one))).toEqual(one.digests);
    });
  },
);
