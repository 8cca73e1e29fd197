import { z } from "zod";
import { dataExtension } from "../../core/data/formats/data-file.ts";
import {
  type CardOptions,
  type CsvOptions,
  type JsonOptions,
  readSeparator,
} from "../../core/data/formats/file-options.ts";
import { encodingOf } from "../../core/data/formats/text.ts";
import { listNames, suggestName } from "../../core/data/nearest-name.ts";
import { DataError } from "../../core/errors.ts";

/** Keys of a configuration that say which files are its own, or describe it. */
const ABOUT_FILES = new Set([
  ...["config_name", "data_files", "data_dir", "default", "version", "description"],
  ...["drop_labels", "drop_metadata"],
]);

const sign = z.string().length(1, "give one character");
const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const encoding = z.string().transform((name, context) => {
  const known = encodingOf(name);
  if (known === undefined) context.addIssue({ code: "custom", message: `"${name}" is no known encoding` });
  return known ?? z.NEVER;
});
const separator = z.string().transform((text, context) => {
  try {
    return readSeparator(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});
const names = z.array(z.union([z.string(), z.number().transform(String)])).nonempty();
const whole = z.number().int().min(0);
/** Taken where it says what is done anyway. */
const only = (value: string | number | boolean | null) =>
  z.literal(value, `only ${JSON.stringify(value)} can be followed`).transform(() => undefined);
/** Changes how fast a file is read, or nothing at all. */
const anything = z.unknown().transform(() => undefined);

/** Keys of `datasets`' CsvConfig, which are those of pandas' `read_csv`. */
const csvKeys = {
  sep: separator.optional(),
  delimiter: separator.nullish(),
  header: z.union([whole, z.literal("infer"), z.null()]).optional(),
  names: names.nullish(),
  column_names: names.nullish(),
  usecols: z.array(z.union([z.string(), whole])).nullish(),
  skipinitialspace: z.boolean().optional(),
  skiprows: z.union([whole, z.array(whole)]).nullish(),
  nrows: whole.nullish(),
  na_values: oneOrMore.nullish(),
  skip_blank_lines: z.boolean().optional(),
  lineterminator: sign.nullish(),
  quotechar: sign.nullish(),
  // QUOTE_MINIMAL, QUOTE_ALL and QUOTE_NONE of Python's csv.
  quoting: z.union([z.literal(0), z.literal(1), z.literal(3)], "only 0, 1 and 3 can be followed").optional(),
  escapechar: sign.nullish(),
  doublequote: z.boolean().optional(),
  comment: sign.nullish(),
  encoding: encoding.nullish(),
  encoding_errors: only("strict").optional(),
  on_bad_lines: only("error").optional(),
  error_bad_lines: only(true).optional(),
  // Words such as NA are kept as they are.
  keep_default_na: anything.optional(),
  na_filter: anything.optional(),
  thousands: only(null).optional(),
  decimal: only(".").optional(),
  skipfooter: only(0).optional(),
  index_col: z.union([only(null), only(false)]).optional(),
  ...Object.fromEntries(
    ["engine", "memory_map", "float_precision", "chunksize", "verbose", "warn_bad_lines", "low_memory"].map(
      (key) => [key, anything.optional()],
    ),
  ),
};
const csvSchema = z.strictObject(csvKeys);

/** Keys of `datasets`' JsonConfig. */
const jsonSchema = z.strictObject({
  field: z.string().nullish(),
  encoding: encoding.nullish(),
  encoding_errors: only("strict").nullish(),
  on_mixed_types: anything.optional(),
  ...Object.fromEntries(
    ["use_threads", "block_size", "chunksize", "newlines_in_values", "parse_agent_traces"].map((key) => [
      key,
      anything.optional(),
    ]),
  ),
});

/** Keys of `datasets`' ParquetConfig. */
const parquetSchema = z.strictObject({
  batch_size: anything.optional(),
  on_bad_files: only("error").optional(),
});

/**
 * How a configuration of a dataset's card says that its files are read, by the keys that `datasets` knows for their
 * format. A card is a contract: what can't be followed is refused.
 *
 * @param files Of the configuration, all of its splits.
 * @param where For messages.
 * @throws DataError naming the key.
 */
export function cardOptions(
  entry: Readonly<Record<string, unknown>>,
  files: readonly string[],
  where: string,
): CardOptions | undefined {
  const given = Object.entries(entry).filter(([key]) => !ABOUT_FILES.has(key));
  if (given.length === 0) return undefined;
  const input = Object.fromEntries(given);
  const options: CardOptions = {};
  for (const kind of new Set(files.map(kindOf))) {
    if (kind === "csv") options.csv = csvOptions(parse(csvSchema, input, kind, where));
    else if (kind === "json") options.json = jsonOptions(parse(jsonSchema, input, kind, where));
    else parse(parquetSchema, input, kind, where);
  }
  return options;
}

function kindOf(path: string): "csv" | "json" | "parquet" {
  const extension = dataExtension(path);
  if (extension === "parquet") return "parquet";
  return extension === "csv" || extension === "tsv" ? "csv" : "json";
}

function parse<T>(
  schema: z.ZodType<T> & { shape: object },
  input: Record<string, unknown>,
  kind: string,
  where: string,
): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    throw new DataError(
      `${where} has a key "${key.slice(0, 60)}" that can't be followed for ${kind.toUpperCase()} files${suggestName(key, Object.keys(schema.shape), "keys")}`,
    );
  }
  throw new DataError(`${where}: ${listNames(issue.path.map(String))} can't be followed: ${issue.message}`);
}

function csvOptions(card: z.infer<typeof csvSchema>): Partial<CsvOptions> {
  const columnNames = card.column_names ?? card.names ?? undefined;
  // As pandas infers it: the names are in the file unless they are given.
  const inferred = columnNames === undefined ? 0 : null;
  const header = card.header === undefined || card.header === "infer" ? inferred : card.header;
  const options: Partial<CsvOptions> = {
    ...{ header, columnNames },
    separator: card.delimiter ?? card.sep,
    quote: card.quoting === 3 ? undefined : (card.quotechar ?? '"'),
    escape: card.escapechar ?? undefined,
    doubleQuote: card.doublequote,
    skipInitialSpace: card.skipinitialspace,
    skipBlankLines: card.skip_blank_lines,
    comment: card.comment ?? undefined,
    lineEnd: card.lineterminator ?? undefined,
    skipRows: Array.isArray(card.skiprows) ? new Set(card.skiprows) : (card.skiprows ?? undefined),
    keepColumns: card.usecols ?? undefined,
    rowLimit: card.nrows ?? undefined,
    missing: card.na_values ?? undefined,
    encoding: card.encoding ?? undefined,
  };
  const said = Object.entries(options).filter(([key, value]) => value !== undefined || key === "quote");
  return Object.fromEntries(said) as Partial<CsvOptions>;
}

function jsonOptions({ field, encoding }: z.infer<typeof jsonSchema>): Partial<JsonOptions> {
  return { ...(field && { field }), ...(encoding && { encoding }) };
}
