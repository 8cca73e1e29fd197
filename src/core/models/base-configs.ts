import { suggestName } from "../data/nearest-name.ts";
import { ConfigError } from "../errors.ts";

/** A `config.json`, parsed. */
type Config = Record<string, unknown>;

const bert = {
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  hidden_act: "gelu",
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  layer_norm_eps: 1e-12,
};

// Two more positions than tokens: RoBERTa counts from the padding's id.
const roberta = {
  ...bert,
  vocab_size: 50265,
  max_position_embeddings: 514,
  type_vocab_size: 1,
  layer_norm_eps: 1e-5,
};

const deberta = {
  ...bert,
  vocab_size: 50265,
  type_vocab_size: 0,
  layer_norm_eps: 1e-7,
  relative_attention: true,
  max_relative_positions: -1,
  position_biased_input: false,
  pos_att_type: ["c2p", "p2c"],
  pooler_dropout: 0,
  pooler_hidden_act: "gelu",
};

/**
 * Every architecture in the shape of its published base checkpoint: distilbert-base, bert-base, roberta-base,
 * xlm-roberta-base, deberta-base, and for `deberta-v2`, which v3 shares, deberta-v3-base.
 */
const baseConfigs: Readonly<Record<string, Config>> = {
  distilbert: {
    vocab_size: 30522,
    dim: 768,
    n_layers: 6,
    n_heads: 12,
    hidden_dim: 3072,
    activation: "gelu",
    dropout: 0.1,
    attention_dropout: 0.1,
    seq_classif_dropout: 0.2,
    max_position_embeddings: 512,
  },
  bert,
  roberta,
  "xlm-roberta": { ...roberta, vocab_size: 250002 },
  deberta,
  "deberta-v2": {
    ...deberta,
    vocab_size: 128100,
    position_buckets: 256,
    norm_rel_ebd: "layer_norm",
    share_att_key: true,
  },
};

export const architectureNames: readonly string[] = Object.keys(baseConfigs);

/**
 * The `config.json` of an architecture's base shape, some of its keys changed.
 *
 * @param architecture a `model_type`
 * @throws ConfigError for an unknown architecture or key
 */
export function baseConfig(architecture: string, changes: Config = {}): Config {
  const base = Object.hasOwn(baseConfigs, architecture) ? baseConfigs[architecture] : undefined;
  if (!base) {
    const hint = suggestName(architecture, architectureNames, "architectures");
    throw new ConfigError(`there is no architecture "${architecture}"${hint}`);
  }
  const unknown = Object.keys(changes).find((key) => !Object.hasOwn(base, key));
  if (unknown !== undefined) {
    const hint = suggestName(unknown, Object.keys(base), "keys");
    throw new ConfigError(`the configuration of ${architecture} has no key "${unknown}"${hint}`);
  }
  return { model_type: architecture, ...base, ...changes };
}
