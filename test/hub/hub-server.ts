import { onTestFinished } from "vitest";
import { type HubDouble, type HubDoubleOptions, startHubDouble } from "./hub-double.ts";
import type { ServedRepo } from "./served-repo.ts";

export type { HubDouble as HubServer } from "./hub-double.ts";
export { commitOf, gitHash, type ServedRepo, sha256 } from "./served-repo.ts";

/** The hub's test double, for the duration of a test. Listings come in short pages, to see that all are read. */
export async function startHub(
  repos: readonly ServedRepo[],
  options: HubDoubleOptions = {},
): Promise<HubDouble> {
  const hub = await startHubDouble(repos, { pageSize: 2, ...options });
  onTestFinished(hub.close);
  return hub;
}
