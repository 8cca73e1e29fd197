import { suggestName } from "../data/nearest-name.ts";
import { ConfigError, ModelError } from "../errors.ts";
import type { Architecture, Config } from "./architecture.ts";
import { bert } from "./bert.ts";
import { deberta } from "./deberta.ts";
import { debertaV2 } from "./deberta-v2.ts";
import { distilbert } from "./distilbert.ts";
import type { Encoder } from "./encoder.ts";
import { roberta, xlmRoberta } from "./roberta.ts";

/** The architectures that textune trains: another one is its own file and a name here. */
export const architectures: readonly Architecture[] = [
  distilbert,
  bert,
  roberta,
  xlmRoberta,
  deberta,
  debertaV2,
];

/** Their `model_type`s. */
export const architectureNames: readonly string[] = architectures.map(({ modelType }) => modelType);

const find = (modelType: unknown): Architecture | undefined =>
  architectures.find((each) => each.modelType === modelType);

/**
 * The encoder that a parsed `config.json` describes.
 *
 * @throws ModelError if the architecture is unknown or the configuration asks for something that isn't supported.
 */
export function encoderFor(config: unknown): Encoder {
  if (!isConfig(config)) throw new ModelError("config.json is not a configuration: it holds no keys");
  const type = config.model_type;
  const found = find(type);
  if (found) return found.encoder(config);
  const what =
    type === undefined || type === null
      ? "config.json has no model_type"
      : `the architecture "${String(type).slice(0, 80)}" is not supported`;
  throw new ModelError(`${what}; textune trains ${architectureNames.join(", ")}`);
}

/** A configuration with a `model_type`, and what is to be said where that was not its own. */
export interface RecognizedConfig {
  config: Config;
  note?: string;
}

/**
 * Finds out the `model_type` of a configuration that has none: by Hugging Face's class in `architectures`, by keys that
 * one architecture alone has, or by the model's name, of which the longest match counts, as in transformers.
 *
 * @param name As the user named the model: the hub's id or a folder.
 * @returns The configuration as it is where it has a `model_type` or nothing tells.
 */
export function recognizeConfig(config: unknown, name: string): RecognizedConfig {
  if (!isConfig(config)) throw new ModelError("config.json is not a configuration: it holds no keys");
  if (config.model_type !== undefined && config.model_type !== null) return { config };
  for (const [found, by] of [
    [byClass(config), "by its architectures"],
    [byKeys(config), "by its keys"],
    [byName(name), "by its name"],
  ] as const) {
    if (!found) continue;
    return {
      config: { ...config, model_type: found.modelType },
      note: `config.json has no model_type; ${by} the model is taken for a ${found.modelType}`,
    };
  }
  return { config };
}

function byClass({ architectures: classes }: Config): Architecture | undefined {
  if (!Array.isArray(classes)) return undefined;
  return best(({ className }) => {
    const pattern = new RegExp(`^${className}(Model|LMHeadModel|For[A-Z])`);
    return classes.some((name) => typeof name === "string" && pattern.test(name)) ? className.length : 0;
  });
}

const byKeys = (config: Config): Architecture | undefined =>
  best(({ ownKeys = [] }) => ownKeys.filter((key) => Object.hasOwn(config, key)).length);

/** Whole words count: an ALBERT is no BERT. */
const byName = (name: string): Architecture | undefined =>
  best(({ modelType }) =>
    new RegExp(`(^|[^a-z])${modelType}([^a-z]|$)`, "i").test(name) ? modelType.length : 0,
  );

/** The first architecture with the highest score above 0. */
function best(score: (candidate: Architecture) => number): Architecture | undefined {
  const scores = architectures.map(score);
  const highest = Math.max(...scores);
  return highest > 0 ? architectures[scores.indexOf(highest)] : undefined;
}

const isConfig = (value: unknown): value is Config =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The `config.json` of an architecture in the shape of its published base checkpoint (distilbert-base, bert-base,
 * roberta-base, xlm-roberta-base, deberta-base, and for `deberta-v2`, which v3 shares, deberta-v3-base), some of its
 * keys changed.
 *
 * @param name a `model_type`
 * @throws ConfigError for an unknown architecture or key
 */
export function baseConfig(name: string, changes: Config = {}): Record<string, unknown> {
  const found = find(name);
  if (!found) {
    const hint = suggestName(name, architectureNames, "architectures");
    throw new ConfigError(`there is no architecture "${name}"${hint}`);
  }
  const { base } = found;
  const unknown = Object.keys(changes).find((key) => !Object.hasOwn(base, key));
  if (unknown !== undefined) {
    const hint = suggestName(unknown, Object.keys(base), "keys");
    throw new ConfigError(`the configuration of ${name} has no key "${unknown}"${hint}`);
  }
  return { model_type: name, ...base, ...changes };
}
