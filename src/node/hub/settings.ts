import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { EnvHttpProxyAgent } from "undici";
import type { OnProgress } from "../../core/progress.ts";

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
  /** @default a fetch that goes through the proxy of $HTTPS_PROXY and $HTTP_PROXY, but for hosts of $NO_PROXY */
  fetch?: typeof fetch;
  signal?: AbortSignal;
  /** Told of bytes received (`download`), and of seconds waited where the hub limits requests (`wait`). */
  onProgress?: OnProgress;
  /** Told of what isn't an error but should be known, such as an invalid token. @default a warning of the process */
  onNotice?: (notice: string) => void;
}

/** An access token, where it was found, and whether the hub has refused it. */
export interface HubToken {
  value: string;
  /** For messages: `HF_TOKEN`, the file `…/token`. */
  source: string;
  isInvalid: boolean;
}

/** Every setting decided. */
export interface HubSettings {
  endpoint: string;
  cacheDir: string;
  token: HubToken | undefined;
  offline: boolean;
  /** Seconds without a byte after which a request is given up and tried again. */
  timeout: number;
  fetch: typeof fetch;
  signal: AbortSignal | undefined;
  onProgress: OnProgress | undefined;
  onNotice: (notice: string) => void;
}

export function hubSettings(options: HubOptions, env: NodeJS.ProcessEnv = process.env): HubSettings {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface");
  return {
    endpoint: (options.endpoint || env.HF_ENDPOINT || "https://huggingface.co").replace(/\/+$/, ""),
    cacheDir: expandHome(
      options.cacheDir || env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, "hub"),
    ),
    token:
      tokenFrom(options.token, "the option token") ??
      tokenFrom(env.HF_TOKEN, "HF_TOKEN") ??
      tokenFile(expandHome(env.HF_TOKEN_PATH || join(home, "token"))),
    offline: options.offline ?? isTrue(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE),
    timeout: Number(env.HF_HUB_DOWNLOAD_TIMEOUT) || 10,
    fetch: options.fetch ?? fetchFor(env),
    signal: options.signal,
    onProgress: options.onProgress,
    onNotice: options.onNotice ?? ((notice) => process.emitWarning(notice, "HubWarning")),
  };
}

function expandHome(path: string): string {
  return path.replace(/^~(?=$|[\\/])/, homedir());
}

function isTrue(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? "");
}

function tokenFrom(text: string | undefined, source: string): HubToken | undefined {
  const value = text?.trim();
  return value ? { value, source, isInvalid: false } : undefined;
}

function tokenFile(path: string): HubToken | undefined {
  try {
    return tokenFrom(readFileSync(path, "utf8"), `the file ${path}`);
  } catch {
    return undefined;
  }
}

const proxies = new Map<string, EnvHttpProxyAgent>();

/** Node's own `fetch` knows no proxy variables before Node 24; undici's agent reads them as curl does. */
function fetchFor(env: NodeJS.ProcessEnv): typeof fetch {
  const either = (name: string) => env[name.toLowerCase()] || env[name];
  const [httpProxy, httpsProxy, noProxy] = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].map(either);
  if (!httpProxy && !httpsProxy) return fetch;
  const key = JSON.stringify([httpProxy, httpsProxy, noProxy]);
  // The types of Node's copy of undici and of the package differ in name only.
  return (async (input: string, init: object) => {
    // Loaded here: few need it.
    const { EnvHttpProxyAgent, fetch: proxiedFetch } = await import("undici");
    const agent = proxies.get(key) ?? new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy });
    proxies.set(key, agent);
    return proxiedFetch(input, { ...init, dispatcher: agent });
  }) as unknown as typeof fetch;
}
