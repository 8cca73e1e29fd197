import type { PairComparison, SettingDifference } from "./comparison.ts";
import type { SavedRecord } from "./record-schema.ts";

/** A finished ablation: everything that its report shows, as plain data. */
export interface AblationResult {
  name: string;
  title: string;
  /** The base first, then in the file's order. */
  variants: VariantResult[];
}

/** What one variant came to. */
export interface VariantResult {
  name: string;
  /** What it was run to find out; the base has none. */
  question?: string;
  /** The run's folder. */
  folder: string;
  record: SavedRecord;
  /** Settings that are not those of the base, defaults included: values of the base and of the variant. */
  changes: SettingDifference[];
  /**
   * The variant (second) beside the base (first) on every split that both were evaluated on, row by row where these
   * are the same rows. p-values are adjusted for the number of variants.
   */
  againstBase: { split: string; pair: PairComparison }[];
}
