import { ModelError } from "../errors.ts";

/** The largest map in use has about 300,000 bytes. */
const MAX_SIZE = 64 * 2 ** 20;

/** Characters whose clusters are themselves: every one of printable ASCII but before a character that joins it. */
const NEEDS_CLUSTERS = /[^ -~]/;

const utf8 = new TextEncoder();

/**
 * SentencePiece's `precompiled_charsmap`: a double-array trie (darts-clone) from UTF-8 to places in a text of
 * replacements, each of which ends with a zero byte. As the Rust library does, a cluster of characters of less than 6
 * bytes is replaced whole by what its shortest beginning in the trie stands for, others character by character.
 */
export class CharacterMap {
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;
  /** What was found before; null where a text has no replacement. */
  readonly #known = new Map<string, string | null>();
  readonly #clusters = new Intl.Segmenter("en", { granularity: "grapheme" });

  /** @param base64 the map as `tokenizer.json` has it. @throws ModelError if it is damaged. */
  constructor(base64: string) {
    if (base64.length > MAX_SIZE) throw new ModelError("Precompiled is damaged: its map is too large");
    let binary: string;
    try {
      binary = atob(base64);
    } catch (cause) {
      throw new ModelError("Precompiled is damaged: precompiled_charsmap is not in base 64", { cause });
    }
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    const size = bytes.length >= 4 ? view.getUint32(0, true) : 0;
    if (size < 4 || 4 + size > bytes.length) {
      throw new ModelError("Precompiled is damaged: precompiled_charsmap is cut short");
    }
    this.#units = Uint32Array.from({ length: size >> 2 }, (_, i) => view.getUint32(4 + 4 * i, true));
    this.#replacements = bytes.subarray(4 + 4 * (size >> 2));
  }

  normalize(text: string): string {
    if (!NEEDS_CLUSTERS.test(text)) return this.#eachCharacter(text);
    let result = "";
    for (const { segment } of this.#clusters.segment(text)) {
      const whole = segment.length < 6 ? this.#wholeCluster(segment) : undefined;
      result += whole ?? this.#eachCharacter(segment);
    }
    return result;
  }

  #wholeCluster(cluster: string): string | undefined {
    if (cluster.length > 1 && utf8.encode(cluster).length >= 6) return undefined;
    return this.#replacement(cluster) ?? undefined;
  }

  #eachCharacter(text: string): string {
    let result = "";
    for (const character of text) result += this.#replacement(character) ?? character;
    return result;
  }

  #replacement(text: string): string | null {
    let found = this.#known.get(text);
    if (found === undefined) {
      found = this.#lookUp(utf8.encode(text));
      if (this.#known.size < 100_000) this.#known.set(text, found);
    }
    return found;
  }

  /** The replacement of the shortest beginning that has one. */
  #lookUp(key: Uint8Array): string | null {
    const units = this.#units;
    let at = offset(units[0]!);
    for (const byte of key) {
      if (byte === 0) return null;
      at ^= byte;
      const unit = units[at];
      if (unit === undefined)
        throw new ModelError("Precompiled is damaged: precompiled_charsmap points outside");
      if ((unit & 0x800000ff) >>> 0 !== byte) return null;
      at ^= offset(unit);
      if ((unit >> 8) & 1) {
        const leaf = units[at];
        if (leaf === undefined)
          throw new ModelError("Precompiled is damaged: precompiled_charsmap points outside");
        return this.#text(leaf & 0x7fffffff);
      }
    }
    return null;
  }

  #text(start: number): string {
    const end = this.#replacements.indexOf(0, start);
    return new TextDecoder().decode(this.#replacements.subarray(start, end === -1 ? undefined : end));
  }
}

function offset(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
