import { z } from "zod";
import type { Feature, Features } from "../../core/data/features.ts";
import type { CardOptions } from "../../core/data/formats/file-options.ts";
import { featureOfDtype } from "../../core/data/hf-features.ts";
import { listNames, suggestName } from "../../core/data/nearest-name.ts";
import { DataError } from "../../core/errors.ts";
import { parseYamlText, YamlProblem } from "../yaml-text.ts";
import { cardOptions } from "./card-options.ts";
import { inUsualOrder, isDataFile, noSplits, type SplitFiles, splitsByName } from "./split-files.ts";

/** Characters of a card's header at most; those of hundreds of configurations have a few hundred thousand. */
const LONGEST_HEADER = 8_000_000;

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const configEntry = z.looseObject({
  config_name: z.string(),
  default: z.boolean().optional(),
  data_dir: z.string().optional(),
  data_files: z.union([oneOrMore, z.array(z.object({ split: z.string(), path: oneOrMore }))]).optional(),
});

const dtype = z.union([
  z.string(),
  z.object({
    class_label: z.object({ names: z.union([z.array(z.string()), z.record(z.string(), z.string())]) }),
  }),
]);

type CardType = z.infer<typeof dtype>;
const listItems = dtype.optional().catch(undefined);

const infoEntry = z.object({
  config_name: z.string().optional(),
  features: z
    .array(
      z.object({
        name: z.string(),
        dtype: dtype.optional().catch(undefined),
        // A list is written by either key.
        sequence: listItems,
        list: listItems,
      }),
    )
    .optional(),
});

const cardHeader = z.object({
  configs: z.array(configEntry).optional(),
  dataset_info: z.union([z.array(infoEntry), infoEntry.transform((one) => [one])]).optional(),
});

export type DatasetCard = z.infer<typeof cardHeader>;

/**
 * What a dataset's README.md says of its files: the YAML between the `---` lines at its top.
 *
 * @throws DataError where that YAML is broken.
 */
export function parseCard(readme: string, where: string): DatasetCard {
  const header = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(readme)?.[1];
  if (header === undefined) return {};
  try {
    return cardHeader.parse(parseYamlText(header, { longest: LONGEST_HEADER, uniqueKeys: false }) ?? {});
  } catch (cause) {
    if (!(cause instanceof z.ZodError || cause instanceof YamlProblem)) throw cause;
    const message = cause instanceof z.ZodError ? z.prettifyError(cause) : cause.message;
    const line = message.replaceAll(/\s+/g, " ");
    throw new DataError(
      `README.md of ${where} has a broken header: ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`,
      { cause },
    );
  }
}

/**
 * Files and features of one configuration of a dataset.
 *
 * @param paths All files of the dataset, relative to its root.
 * @param config As the user named it.
 * @throws DataError where `config` is unknown, or there are several and none is the default; where it says how files
 * are read in a way that can't be followed.
 */
export function chooseConfig(
  paths: readonly string[],
  card: DatasetCard,
  config: string | undefined,
  where: string,
): { splits: SplitFiles; features: Features | undefined; card?: CardOptions } {
  const entries = card.configs ?? [];
  if (entries.length === 0) {
    const inFolder = config === undefined ? paths : paths.filter((path) => path.startsWith(`${config}/`));
    if (inFolder.length === 0 && paths.length > 0) throw unknownConfig(where, config!, foldersOf(paths));
    return { splits: splitsByName(inFolder), features: featuresOf(card, config ?? "default") };
  }
  const names = entries.map((entry) => entry.config_name);
  const name = config ?? defaultConfig(names, entries.find((entry) => entry.default)?.config_name, where);
  const entry = entries.find((candidate) => candidate.config_name === name);
  if (entry === undefined) throw unknownConfig(where, name, names);
  const splits = filesOf(entry, paths);
  const options = cardOptions(
    entry,
    Object.values(splits).flat(),
    `configuration "${name}" in README.md of ${where}`,
  );
  return { splits, features: featuresOf(card, name), ...(options && { card: options }) };
}

/** The configuration to use where the user named none. */
export function defaultConfig(names: readonly string[], marked: string | undefined, where: string): string {
  if (marked !== undefined) return marked;
  if (names.includes("default")) return "default";
  if (names.length === 1) return names[0]!;
  throw new DataError(`${where} has several configurations; choose one with config: ${listNames(names)}`);
}

export function unknownConfig(where: string, name: string, names: readonly string[]): DataError {
  return new DataError(
    `${where} has no configuration "${name}"${suggestName(name, names, "configurations")}`,
  );
}

function filesOf(entry: z.infer<typeof configEntry>, paths: readonly string[]): SplitFiles {
  const root =
    entry.data_dir === undefined ? "" : `${entry.data_dir.replace(/^\.?\//, "").replace(/\/$/, "")}/`;
  const inside = paths.filter((path) => path.startsWith(root) && isDataFile(path));
  if (entry.data_files === undefined) return splitsByName(inside);
  const splits = noSplits();
  for (const item of entry.data_files) {
    const { split, path: patterns } = typeof item === "string" ? { split: "train", path: [item] } : item;
    const matching = patterns.flatMap((pattern) => {
      const matcher = globToRegExp(root + pattern.replace(/^\.?\//, ""));
      return inside.filter((path) => matcher.test(path)).sort();
    });
    splits[split] = [...new Set([...(splits[split] ?? []), ...matching])];
  }
  return inUsualOrder(splits);
}

/** `*` and `?` stay within a folder, `**` does not; `[0-9]` is a set. */
function globToRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|[^*?[]/g, (token) => {
    if (token === "**/") return "(?:.*/)?";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token.startsWith("[")) return token.replace("[!", "[^");
    return token.replace(/[.+^${}()|\\/\]]/, "\\$&");
  });
  return new RegExp(`^${source}$`);
}

function featuresOf(card: DatasetCard, config: string): Features | undefined {
  const infos = card.dataset_info ?? [];
  const info = infos.find((entry) => (entry.config_name ?? "default") === config) ?? onlyOne(infos);
  if (info?.features === undefined) return undefined;
  return Object.fromEntries(
    info.features.map(({ name, dtype, sequence, list }) => {
      const items = sequence ?? list;
      return [
        name,
        items === undefined ? featureOfCard(dtype) : { type: "list", items: featureOfCard(items) },
      ];
    }),
  );
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function featureOfCard(type: CardType | undefined): Feature {
  if (type === undefined) return { type: "json" };
  if (typeof type === "string") return featureOfDtype(type);
  const { names } = type.class_label;
  if (Array.isArray(names)) return { type: "classLabel", names };
  const ids = Object.keys(names).sort((a, b) => Number(a) - Number(b));
  return { type: "classLabel", names: ids.map((id) => names[id]!) };
}

function foldersOf(paths: readonly string[]): string[] {
  return [...new Set(paths.filter((path) => path.includes("/")).map((path) => path.split("/")[0]!))];
}
