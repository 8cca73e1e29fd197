import type { SettingDifference } from "./comparison.ts";
import type { SavedRecord } from "./record-schema.ts";

/** Keys of a recipe that don't decide what a run results in: which files are kept where, and how runs are begun. */
export const upkeepKeys: ReadonlySet<string> = new Set([
  "output",
  "overwrite",
  "resume",
  "strict",
  "saveSteps",
  "saveTotalLimit",
  "featureCache",
]);

/** The recipe's keys whose values are not the same in all runs, then what else sets their circumstances apart. */
export function settingDifferences(records: readonly SavedRecord[]): SettingDifference[] {
  const settings = records.map(({ recipe, textuneVersion, environment }): Record<string, unknown> => {
    const chosen = Object.entries(recipe).filter(([key]) => !upkeepKeys.has(key));
    const machine = Object.entries(environment).map(([key, value]) => [`environment.${key}`, value]);
    return Object.fromEntries([...chosen, ["textuneVersion", textuneVersion], ...machine]);
  });
  const keys = [...new Set(settings.flatMap(Object.keys))];
  return keys
    .map((key) => ({ key, values: settings.map((setting) => setting[key] ?? null) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}
