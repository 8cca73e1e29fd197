import { DataError } from "../errors.ts";
import { type Feature, inferFeature, itemsOf } from "./features.ts";
import { joinedClasses } from "./label-source.ts";
import { plainSpelling } from "./label-spelling.ts";
import { listNames } from "./nearest-name.ts";
import { Targets, type Task } from "./targets.ts";
import { isMinusOne, isMissing, jsonOf, showValue, type Value } from "./values.ts";

/** How a value reads as a class name; undefined where it is missing. */
export function className(value: Value, feature: Feature): string | undefined {
  if (isMissing(value)) return undefined;
  if (feature.type === "classLabel") return feature.names[Number(value)];
  return typeof value === "object" ? jsonOf(value) : String(value);
}

/**
 * Whether a label says that there is none: a missing value, or −1, also a list of nothing else.
 *
 * @param minusOneIsClass Whether a class is called −1.
 */
export function isUnlabelled(value: Value, minusOneIsClass: boolean): boolean {
  if (isMissing(value)) return true;
  if (minusOneIsClass) return false;
  return Array.isArray(value) ? value.length > 0 && value.every(isMinusOne) : isMinusOne(value);
}

/** What the lists of a column hold. */
export function itemFeature(values: readonly Value[], feature: Feature): Feature {
  return (feature.type === "list" ? feature.items : undefined) ?? inferFeature(itemsOf(values));
}

/**
 * Class names of a column of classes or of lists of classes: those of its feature, else the distinct values, numbers
 * in numeric order and text by code unit. Missing values are no class.
 */
export function classNames(values: readonly Value[], feature: Feature, where: string): string[] {
  if (feature.type === "classLabel") return [...feature.names];
  if (feature.type === "list") {
    const items = itemFeature(values, feature);
    if (items.type !== "list") return classNames(itemsOf(values), items, where);
  }
  if (values.some((value) => typeof value === "object" && value !== null)) {
    throw new DataError(`${where} holds objects or lists of lists, not classes or lists of classes`);
  }
  const distinct = new Set<string>();
  for (const value of values) {
    if (typeof value === "number" && !isMissing(value) && !Number.isInteger(value)) {
      throw new DataError(`${where} holds decimals such as ${value}; classes are text or whole numbers`);
    }
    const name = className(value, feature);
    if (name !== undefined) distinct.add(name);
  }
  const names = [...distinct];
  const numeric = feature.type === "int" || feature.type === "float";
  return numeric ? names.sort(byNumber) : names.sort();
}

/** Exact beyond 2⁵³ too, where neighbours are equal as numbers. */
function byNumber(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (difference !== 0 || !/^-?\d+$/.test(a) || !/^-?\d+$/.test(b)) return difference;
  return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
}

/**
 * What a model of these classes is to say of every row. Classes are matched by name. Plain whole numbers, which carry
 * no names, also count as indices into `labels` where no class is itself named by a number: a CSV file with 0 to 3
 * fits a model that knows World, Sports, Business and Sci/Tech.
 *
 * A column of single classes also fits a multi-label task: every row has one.
 *
 * @param describeRow Says where row i is, for the error message.
 * @throws DataError at the first row whose label is missing (−1 included) or outside `labels`.
 */
export function targetsOf(
  values: readonly Value[],
  feature: Feature,
  labels: readonly string[],
  task: Task,
  describeRow: (i: number) => string,
): Targets {
  const classes = labels.length;
  if (feature.type !== "list") {
    const classOf = classFinder(feature, labels);
    const ids = Int32Array.from(values, (value, row) => classOf(value, () => describeRow(row)));
    if (task === "singleLabel") return Targets.ofClasses(ids, classes);
    const flags = new Int32Array(values.length * classes);
    for (const [row, id] of ids.entries()) flags[row * classes + id] = 1;
    return Targets.ofSets(flags, classes);
  }
  if (task === "singleLabel") {
    throw new DataError(
      `${describeRow(0)} has a list of classes where one class is expected; for several classes a row give task: multiLabel`,
    );
  }
  const classOf = classFinder(itemFeature(values, feature), labels);
  const flags = new Int32Array(values.length * classes);
  for (const [row, value] of values.entries()) {
    if (!Array.isArray(value))
      throw new DataError(`${describeRow(row)} has no label; ${remedy}, or write []`);
    if (value.some(isMissing)) {
      throw new DataError(`${describeRow(row)} has a list with an empty class; correct the row`);
    }
    for (const item of value) flags[row * classes + classOf(item, () => describeRow(row))] = 1;
  }
  return Targets.ofSets(flags, classes);
}

/** Finds the index of a value's class. What it returns throws DataError where the value is none of `labels`. */
function classFinder(
  feature: Feature,
  labels: readonly string[],
): (value: Value, describe: () => string) => number {
  const idOfName = new Map(labels.map((name, id) => [name, id]));
  const namedByNumber = labels.some((name) => /^-?\d+$/.test(name));
  const asIndex = !namedByNumber && (feature.type === "int" || feature.type === "float");
  return (value, describe) => {
    const name = className(value, feature);
    const id = asIndex && value !== null ? indexIn(labels, value) : name && idOfName.get(name);
    if (typeof id === "number") return id;
    throw new DataError(labelProblem(value, name, feature, labels, describe()));
  };
}

function indexIn(labels: readonly string[], value: Value): number | undefined {
  const index = Number(value);
  return Number.isInteger(index) && index >= 0 && index < labels.length ? index : undefined;
}

const remedy = "correct the row or leave out all such rows (dropUnlabelled: true)";

function labelProblem(
  value: Value,
  name: string | undefined,
  feature: Feature,
  labels: readonly string[],
  where: string,
): string {
  if (isMissing(value)) return `${where} has no label; ${remedy}`;
  if (isMinusOne(value)) {
    return `${where} has label -1, which marks a row without a label; ${remedy}`;
  }
  const shown = showValue(name ?? String(value));
  const joined = name && joinedClasses(name, labels);
  const similar = name && labels.find((label) => plainSpelling(label) === plainSpelling(name));
  const hint = joined
    ? `; cells of several classes need labelSeparator "${joined.separator}"`
    : similar
      ? `; write it like the class ${JSON.stringify(similar)}`
      : "";
  const asNamed = feature.type === "classLabel" && name !== undefined ? ` (${String(value)})` : "";
  return `${where} has label ${shown}${asNamed}, which is not among the classes: ${listNames(labels)}${hint}`;
}
