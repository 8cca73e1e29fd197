import { DataError } from "../errors.ts";
import type { Feature, Features } from "./features.ts";
import { listNames } from "./nearest-name.ts";
import type { Value } from "./values.ts";

/** Column names that mean the class when nothing else says which column does. */
const USUAL_NAMES = ["label", "labels"];

/** The column that holds the class: `label`, `labels`, or the only column whose classes have names. */
export function guessLabelColumn(features: Features): string | undefined {
  const names = Object.keys(features);
  const usual = USUAL_NAMES.find((name) => names.includes(name));
  if (usual !== undefined) return usual;
  const classLabels = names.filter((name) => features[name]!.type === "classLabel");
  return classLabels.length === 1 ? classLabels[0] : undefined;
}

/** How a value reads as a class name; undefined where it is missing. */
export function className(value: Value, feature: Feature): string | undefined {
  if (value === null || value === "") return undefined;
  if (feature.type === "classLabel") return feature.names[Number(value)];
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * Class names of a column: those of its feature, else the distinct values, numbers in numeric order and text by
 * code unit. Missing values are no class.
 */
export function classNames(values: readonly Value[], feature: Feature, where: string): string[] {
  if (feature.type === "classLabel") return [...feature.names];
  if (feature.type === "list" || values.some((value) => typeof value === "object" && value !== null)) {
    throw new DataError(`${where} holds lists or objects, not one class for each row`);
  }
  const distinct = new Set<string>();
  for (const value of values) {
    if (typeof value === "number" && !Number.isInteger(value)) {
      throw new DataError(`${where} holds decimals such as ${value}; classes are text or whole numbers`);
    }
    const name = className(value, feature);
    if (name !== undefined) distinct.add(name);
  }
  const names = [...distinct];
  const numeric = feature.type === "int" || feature.type === "float";
  return numeric ? names.sort((a, b) => Number(a) - Number(b)) : names.sort();
}

/**
 * Class index of every row, [rows]. Classes are matched by name. Plain whole numbers, which carry no names, also
 * count as indices into `labels` where no class is itself named by a number: a CSV file with 0 to 3 fits a model
 * that knows World, Sports, Business and Sci/Tech.
 *
 * @param describeRow Says where row i is, for the error message.
 * @throws DataError at the first row whose label is missing (−1 included) or outside `labels`.
 */
export function classIds(
  values: readonly Value[],
  feature: Feature,
  labels: readonly string[],
  describeRow: (i: number) => string,
): Int32Array {
  const idOfName = new Map(labels.map((name, id) => [name, id]));
  const namedByNumber = labels.some((name) => /^-?\d+$/.test(name));
  const asIndex = !namedByNumber && (feature.type === "int" || feature.type === "float");
  const ids = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const name = className(value, feature);
    const id = asIndex && value !== null ? indexIn(labels, value) : name && idOfName.get(name);
    if (typeof id === "number") ids[i] = id;
    else throw new DataError(labelProblem(value, name, feature, labels, describeRow(i)));
  }
  return ids;
}

function indexIn(labels: readonly string[], value: Value): number | undefined {
  const index = Number(value);
  return Number.isInteger(index) && index >= 0 && index < labels.length ? index : undefined;
}

function labelProblem(
  value: Value,
  name: string | undefined,
  feature: Feature,
  labels: readonly string[],
  where: string,
): string {
  const remedy = "correct the row or leave it out with filter";
  if (value === null || value === "") return `${where} has no label; ${remedy}`;
  if (Number(value) === -1) return `${where} has label -1, which marks a row without a label; ${remedy}`;
  const shown = JSON.stringify(name ?? String(value));
  const asNamed = feature.type === "classLabel" && name !== undefined ? ` (${String(value)})` : "";
  return `${where} has label ${shown}${asNamed}, which is not among the classes: ${listNames(labels)}`;
}
