import { afterEach, beforeEach, vi } from "vitest";
import { folderWith } from "../data/folder.ts";

/** For each test of a file: an empty cache, no token, and nothing else of what this machine is set up with. */
export function withOwnHubSettings(): void {
  beforeEach(() => {
    for (const name of ["ENDPOINT", "HUB_CACHE", "TOKEN", "TOKEN_PATH", "HUB_OFFLINE"]) {
      vi.stubEnv(`HF_${name}`, undefined);
    }
    vi.stubEnv("HUGGINGFACE_HUB_CACHE", undefined);
    vi.stubEnv("TRANSFORMERS_OFFLINE", undefined);
    vi.stubEnv("HF_HOME", folderWith());
    vi.stubEnv("HF_HUB_DOWNLOAD_TIMEOUT", "1");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
}
