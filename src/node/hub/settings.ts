import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Bytes received so far of the files that one call needs and that were not in the cache. */
export interface DownloadProgress {
  /** `fancyzhx/ag_news`, `distilbert-base-uncased`. */
  repo: string;
  /** The file being received, relative to the repository's root. */
  file: string;
  received: number;
  /** Size of all files of the call, bytes. */
  total: number;
}

/** How to reach the hub. What is left out comes from the environment, as for Hugging Face's own tools. */
export interface HubOptions {
  /** Branch, tag or commit. @default "main" */
  revision?: string;
  /** Folder of downloaded files. @default $HF_HUB_CACHE, else $HF_HOME/hub, else ~/.cache/huggingface/hub */
  cacheDir?: string;
  /** @default $HF_TOKEN, else the contents of $HF_TOKEN_PATH or $HF_HOME/token */
  token?: string;
  /** Address of the hub or of a mirror. @default $HF_ENDPOINT, else https://huggingface.co */
  endpoint?: string;
  /** Use only what is in the cache. @default $HF_HUB_OFFLINE */
  offline?: boolean;
  /** For proxies or tests. @default the global fetch */
  fetch?: typeof fetch;
  signal?: AbortSignal;
  onProgress?: (progress: DownloadProgress) => void;
}

/** Every setting decided. */
export interface HubSettings {
  endpoint: string;
  cacheDir: string;
  token: string | undefined;
  offline: boolean;
  /** Seconds without a byte after which a request is given up and tried again. */
  timeout: number;
  fetch: typeof fetch;
  signal: AbortSignal | undefined;
}

export function hubSettings(options: HubOptions, env: NodeJS.ProcessEnv = process.env): HubSettings {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface");
  return {
    endpoint: (options.endpoint || env.HF_ENDPOINT || "https://huggingface.co").replace(/\/+$/, ""),
    cacheDir: expandHome(
      options.cacheDir || env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, "hub"),
    ),
    token: options.token || env.HF_TOKEN || tokenFile(expandHome(env.HF_TOKEN_PATH || join(home, "token"))),
    offline: options.offline ?? isTrue(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE),
    timeout: Number(env.HF_HUB_DOWNLOAD_TIMEOUT) || 10,
    fetch: options.fetch ?? fetch,
    signal: options.signal,
  };
}

function expandHome(path: string): string {
  return path.replace(/^~(?=$|[\\/])/, homedir());
}

function isTrue(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? "");
}

function tokenFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
