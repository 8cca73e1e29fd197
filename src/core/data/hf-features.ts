import { z } from "zod";
import type { Feature, Features } from "./features.ts";

const INTEGER = /^u?int\d+$/;
const FLOAT = /^(float|decimal)/;

/** The feature that a `datasets` dtype stands for: `int64`, `float32`, `string`, `bool`, …; other types are `json`. */
export function featureOfDtype(dtype: string): Feature {
  if (INTEGER.test(dtype)) return { type: "int" };
  if (FLOAT.test(dtype)) return { type: "float" };
  if (/^(large_)?string$/.test(dtype)) return { type: "string" };
  if (dtype === "bool") return { type: "bool" };
  return { type: "json" };
}

const stored = z.union([
  z.object({ _type: z.literal("ClassLabel"), names: z.array(z.string()) }),
  z.object({ _type: z.literal("Value"), dtype: z.string() }),
  z.object({ _type: z.enum(["Sequence", "List", "LargeList"]), feature: z.unknown() }),
  // As older versions of `datasets` write a list.
  z.array(z.unknown()).length(1),
]);

const parquetMetadata = z.object({ info: z.object({ features: z.record(z.string(), z.unknown()) }) });

/**
 * Features as `datasets` writes them into Parquet files, JSON under the metadata key `huggingface`. Undefined where
 * the text is something else.
 */
export function featuresFromParquet(metadata: string): Features | undefined {
  let json: unknown;
  try {
    json = JSON.parse(metadata);
  } catch {
    return undefined;
  }
  const parsed = parquetMetadata.safeParse(json);
  if (!parsed.success) return undefined;
  const entries = Object.entries(parsed.data.info.features);
  return Object.fromEntries(entries.map(([name, entry]) => [name, fromStored(entry)]));
}

function fromStored(entry: unknown): Feature {
  const feature = stored.safeParse(entry).data;
  if (feature === undefined) return { type: "json" };
  if (Array.isArray(feature)) return { type: "list", items: fromStored(feature[0]) };
  if (feature._type === "ClassLabel") return { type: "classLabel", names: feature.names };
  if (feature._type === "Value") return featureOfDtype(feature.dtype);
  return { type: "list", items: fromStored(feature.feature) };
}
