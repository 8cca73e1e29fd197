import type { Value } from "./values.ts";

/** What a column holds; the names follow Hugging Face `datasets`. `json` is anything else, mixed types included. */
export type Feature =
  | { type: "string" }
  | { type: "int" }
  | { type: "float" }
  | { type: "bool" }
  /** Whole numbers that stand for `names[value]`; −1 marks a row without a label. */
  | { type: "classLabel"; names: string[] }
  /** `items` where the file or the dataset's card declares them. */
  | { type: "list"; items?: Feature }
  | { type: "json" };

/** Column name to feature, in column order. */
export type Features = Record<string, Feature>;

/** The narrowest feature that holds every value. Missing values fit any; a column of nothing else is `json`. */
export function inferFeature(values: readonly Value[]): Feature {
  let feature: Feature | undefined;
  for (const value of values) {
    if (value === null) continue;
    const next = featureOf(value);
    if (feature === undefined) feature = next;
    else if (feature.type !== next.type) {
      const bothNumbers = isNumeric(feature) && isNumeric(next);
      if (!bothNumbers) return { type: "json" };
      feature = { type: "float" };
    }
  }
  return feature ?? { type: "json" };
}

function featureOf(value: Exclude<Value, null>): Feature {
  switch (typeof value) {
    case "string":
      return { type: "string" };
    case "boolean":
      return { type: "bool" };
    case "bigint":
      return { type: "int" };
    case "number":
      return { type: Number.isInteger(value) ? "int" : "float" };
    default:
      return { type: Array.isArray(value) ? "list" : "json" };
  }
}

export function isNumeric(feature: Feature): boolean {
  return feature.type === "int" || feature.type === "float";
}

/** True where every value of `values` may stand in a column of this feature. */
export function fits(values: readonly Value[], feature: Feature): boolean {
  const inferred = inferFeature(values);
  if (feature.type === "list" && feature.items && inferred.type === "list") {
    return fits(itemsOf(values), feature.items);
  }
  if (inferred.type === feature.type || feature.type === "json") return true;
  if (values.every((value) => value === null)) return true;
  if (feature.type === "float") return inferred.type === "int";
  if (feature.type === "classLabel") {
    const inRange = (value: Value) =>
      value === null || (Number(value) >= -1 && Number(value) < feature.names.length);
    return inferred.type === "int" && values.every(inRange);
  }
  return false;
}

/** What the lists among the values hold, one after the other. */
export function itemsOf(values: readonly Value[]): Value[] {
  return values.flatMap((value) => (Array.isArray(value) ? value : []));
}

/** Same type and, for class labels, the same names in the same order. */
export function sameFeature(a: Feature, b: Feature): boolean {
  if (a.type === "list" && b.type === "list" && a.items && b.items) return sameFeature(a.items, b.items);
  if (a.type === "classLabel" && b.type === "classLabel") {
    return a.names.length === b.names.length && a.names.every((name, i) => name === b.names[i]);
  }
  return a.type === b.type;
}
