import { z } from "zod";
import { ModelError } from "../errors.ts";
import type { Pooling } from "../models/classifier.ts";

/** What the files of sentence-transformers say of an encoder, parsed; undefined where there is no such file. */
export interface SentenceFiles {
  /** `modules.json`: what a text goes through, in order. */
  modules: unknown;
  /** `config.json` of the pooling's folder, `1_Pooling`. */
  pooling: unknown;
  /** `sentence_bert_config.json` */
  transformer: unknown;
}

/** Reads them. @param read Gives a file's JSON by its path in the model's folder, undefined where there is none. */
export async function readSentenceFiles(read: (file: string) => Promise<unknown>): Promise<SentenceFiles> {
  const modules = await read("modules.json");
  if (modules === undefined) return { modules, pooling: undefined, transformer: undefined };
  const pooling = poolingFolder(modules);
  return {
    modules,
    pooling: pooling === undefined ? undefined : await read(`${pooling}/config.json`),
    transformer: await read("sentence_bert_config.json"),
  };
}

/** How an encoder was trained to make one vector of a text. */
export interface SentenceEncoder {
  /** undefined where no file says it. */
  pooling: Pooling | undefined;
  /** Tokens that texts are cut to; undefined where no file says it. */
  maxLength: number | undefined;
  /** What it is made of that textune does otherwise, a sentence each. */
  notes: readonly string[];
}

const modulesSchema = z.array(z.object({ path: z.string(), type: z.string() }));
const transformerSchema = z.object({ max_seq_length: z.int().positive().nullish() });
/** Newer versions write one mode by name, older ones a flag for each. */
const poolingSchema = z.record(z.string(), z.unknown());

/** Sentence-transformers' names of poolings, the older spelling first, and what is nearest to them here. */
const poolings: readonly { names: readonly string[]; nearest: Pooling; isSame: boolean }[] = [
  { names: ["cls_token", "cls"], nearest: "cls", isSame: true },
  { names: ["mean_tokens", "mean"], nearest: "mean", isSame: true },
  // It differs from the mean in its length alone.
  { names: ["mean_sqrt_len_tokens"], nearest: "mean", isSame: false },
  { names: ["max_tokens", "max"], nearest: "mean", isSame: false },
  { names: ["weightedmean_tokens", "weightedmean"], nearest: "mean", isSame: false },
  { names: ["lasttoken"], nearest: "mean", isSame: false },
];

/** The folder of a pooling's `config.json`, as `modules.json` names it; undefined without one. */
export function poolingFolder(modules: unknown): string | undefined {
  const parsed = modulesSchema.safeParse(modules);
  const path = parsed.data?.find(({ type }) => kindOf(type) === "Pooling")?.path;
  // A path that leaves the model's folder is no part of it.
  return path !== undefined && /^[\w-]+$/.test(path) ? path : undefined;
}

/**
 * Reads how a folder of sentence-transformers pools and cuts.
 *
 * @param name The model, for messages.
 * @returns undefined where the files are not those of sentence-transformers.
 * @throws ModelError where one of the files is not what sentence-transformers writes.
 */
export function readSentenceEncoder(files: SentenceFiles, name: string): SentenceEncoder | undefined {
  if (files.modules === undefined) return undefined;
  const modules = parsed(modulesSchema, files.modules, "modules.json", name);
  const { max_seq_length } = parsed(
    transformerSchema,
    files.transformer ?? {},
    "sentence_bert_config.json",
    name,
  );
  const { pooling, note } = readPooling(files.pooling, name);
  const others = modules.map(({ type }) => kindOf(type)).filter((kind) => !knownModules.has(kind));
  return {
    pooling,
    maxLength: max_seq_length ?? undefined,
    notes: [
      ...(note === undefined ? [] : [note]),
      ...(others.length > 0 ? [`not used of modules.json: ${others.join(", ")}`] : []),
    ],
  };
}

/** What is done here too, or changes no more than a vector's length. */
const knownModules: ReadonlySet<string> = new Set(["Transformer", "Pooling", "Normalize"]);

/** `sentence_transformers.models.Pooling` → `Pooling` */
const kindOf = (type: string): string => type.slice(type.lastIndexOf(".") + 1);

function readPooling(config: unknown, name: string): { pooling: Pooling | undefined; note?: string } {
  if (config === undefined) {
    return {
      pooling: undefined,
      note: "the encoder is one of sentence-transformers, but its pooling has no config.json here: cls is taken unless pooling is given",
    };
  }
  const modes = poolingModes(parsed(poolingSchema, config, "the pooling's config.json", name));
  const known = modes.map((mode) => poolings.find(({ names }) => names.includes(mode)));
  // Of several, whose vectors sentence-transformers puts side by side, one that is here.
  const chosen = known.find((entry) => entry?.isSame) ?? known.find((entry) => entry !== undefined);
  if (modes.length === 1 && chosen?.isSame) return { pooling: chosen.nearest };
  const made = modes.length === 0 ? "no pooling" : `pooling by ${modes.join(" and ")}`;
  return {
    pooling: chosen?.nearest,
    note: `the encoder was made for ${made}, which textune doesn't have${chosen ? `: ${chosen.nearest} is nearest` : ""}`,
  };
}

function poolingModes(config: Readonly<Record<string, unknown>>): string[] {
  const { pooling_mode: named } = config;
  if (named !== undefined && named !== null) return (Array.isArray(named) ? named : [named]).map(String);
  return Object.entries(config)
    .filter(([key, value]) => key.startsWith("pooling_mode_") && value === true)
    .map(([key]) => key.slice("pooling_mode_".length));
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, file: string, name: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ModelError(
    `${file} of ${name} is not what sentence-transformers writes; remove it or save the model again`,
  );
}
