import { ModelError } from "../errors.ts";
import { bert } from "./bert.ts";
import { deberta } from "./deberta.ts";
import { debertaV2 } from "./deberta-v2.ts";
import { distilbert } from "./distilbert.ts";
import type { Encoder, EncoderFactory } from "./encoder.ts";
import { roberta, xlmRoberta } from "./roberta.ts";

/** The architectures that textune trains, keyed by `config.json`'s `model_type`. */
const architectures: Readonly<Record<string, EncoderFactory>> = {
  bert,
  deberta,
  "deberta-v2": debertaV2,
  distilbert,
  roberta,
  "xlm-roberta": xlmRoberta,
};

/**
 * The encoder that a parsed `config.json` describes.
 *
 * @throws ModelError if the architecture is unknown or the configuration asks for something that isn't supported.
 */
export function encoderFor(config: unknown): Encoder {
  const type = (config as { model_type?: unknown } | null)?.model_type;
  const factory =
    typeof type === "string" && Object.hasOwn(architectures, type) ? architectures[type] : undefined;
  if (!factory) {
    const known = Object.keys(architectures).join(", ");
    const what =
      type === undefined ? "config.json has no model_type" : `the architecture "${type}" is not supported`;
    throw new ModelError(`${what}; textune trains ${known}`);
  }
  return factory(config);
}
