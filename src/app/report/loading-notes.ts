import { integer } from "../../core/format.ts";

/** Names shown before the rest is counted. */
const shown = 6;

/** What is said of the parameters that a checkpoint doesn't hold and of those that aren't used; a sentence each. */
export function loadingTexts({
  initialized = [],
  dropped = [],
  notes = [],
}: {
  initialized?: readonly string[];
  dropped?: readonly string[];
  notes?: readonly string[];
}): string[] {
  return [
    ...notes,
    ...(initialized.length > 0 ? [`new parameters, random at first: ${listed(initialized)}`] : []),
    ...(dropped.length > 0 ? [`not used of the checkpoint: ${listed(dropped)}`] : []),
  ];
}

function listed(names: readonly string[]): string {
  const rest = names.length - shown;
  return `${names.slice(0, shown).join(", ")}${rest > 0 ? ` and ${integer(rest)} more` : ""}`;
}
