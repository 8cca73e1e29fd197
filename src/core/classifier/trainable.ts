import { ConfigError } from "../errors.ts";
import type { Encoder } from "../models/encoder.ts";
import type { Parameter } from "../nn/parameters.ts";

/**
 * What is trained: `head` alone (the encoder stays frozen), `all`, `top:N` (the head and the last N layers of the
 * encoder), or patterns of parameter names, `*` standing for anything.
 */
export type Trainable = "head" | "all" | `top:${number}` | readonly string[];

/**
 * The names of the parameters to train.
 *
 * @throws ConfigError if nothing would be trained or a pattern matches no parameter.
 */
export function trainableNames(
  trainable: Trainable,
  encoder: Encoder,
  parameters: readonly Parameter[],
): Set<string> {
  const chosen = parameters.filter(chooser(trainable, encoder, parameters));
  if (chosen.length === 0) throw new ConfigError(`trainable: ${trainable} selects no parameter`);
  return new Set(chosen.map(({ name }) => name));
}

/**
 * How many of an encoder's lowest layers stay as they are, with the embeddings: those below the lowest that is trained
 * in any part. 0 if the embeddings are trained; all layers if the head alone is.
 */
export function frozenLayers(
  trained: ReadonlySet<string>,
  encoder: Encoder,
  parameters: readonly Parameter[],
): number {
  const layers = parameters
    .filter(({ name }) => trained.has(name))
    .map(({ layer }) => (layer === "embeddings" ? 0 : layer === "head" ? encoder.layers : layer));
  return Math.min(encoder.layers, ...layers);
}

function chooser(
  trainable: Trainable,
  encoder: Encoder,
  parameters: readonly Parameter[],
): (parameter: Parameter) => boolean {
  if (trainable === "all") return () => true;
  if (trainable === "head") return ({ layer }) => layer === "head";
  if (typeof trainable === "string") {
    const count = Number(/^top:(\d+)$/.exec(trainable)?.[1]);
    if (!(count >= 1 && count <= encoder.layers)) {
      throw new ConfigError(
        `trainable: "${trainable}" is not known; give all, head, top:N with N up to ${encoder.layers}, or patterns of names`,
      );
    }
    const lowest = encoder.layers - count;
    return ({ layer }) => layer === "head" || (typeof layer === "number" && layer >= lowest);
  }
  const patterns = trainable.map((glob) => {
    const pattern = new RegExp(`^${glob.split("*").map(escapePattern).join(".*")}$`);
    if (!parameters.some(({ name }) => pattern.test(name))) {
      throw new ConfigError(`trainable: no parameter is named like "${glob}"; one is ${parameters[0]!.name}`);
    }
    return pattern;
  });
  return ({ name }) => patterns.some((pattern) => pattern.test(name));
}

const escapePattern = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
