import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { EnvHttpProxyAgent } from "undici";
import { HubError } from "../../core/errors.ts";
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
  const endpoint = (options.endpoint || env.HF_ENDPOINT || "https://huggingface.co").replace(/\/+$/, "");
  checkAddress(endpoint, options.endpoint ? "the option endpoint" : "HF_ENDPOINT");
  const tokenFrom = (text: string | undefined, source: string) => sharedToken(text, source, endpoint);
  return {
    endpoint,
    cacheDir: expandHome(
      options.cacheDir || env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, "hub"),
    ),
    token:
      tokenFrom(options.token, "the option token") ??
      tokenFrom(env.HF_TOKEN, "HF_TOKEN") ??
      tokenFrom(...tokenFile(expandHome(env.HF_TOKEN_PATH || join(home, "token")))),
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

const tokens = new Map<string, HubToken>();

/** One object for a token of a hub: what is found out about it counts for, and is said to, the whole process once. */
function sharedToken(text: string | undefined, source: string, endpoint: string): HubToken | undefined {
  const value = text?.trim();
  if (!value) return undefined;
  const key = JSON.stringify([endpoint, source, value]);
  const token = tokens.get(key) ?? { value, source, isInvalid: false };
  tokens.set(key, token);
  return token;
}

function tokenFile(path: string): [text: string | undefined, source: string] {
  const source = `the file ${path}`;
  try {
    return [readFileSync(path, "utf8"), source];
  } catch {
    return [undefined, source];
  }
}

/** @throws HubError where `address` is no http or https address. It is not repeated: a proxy's may hold a password. */
function checkAddress(address: string, source: string): void {
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return;
  throw new HubError(`${source} is no address of the kind http://host:port`);
}

const proxies = new Map<string, EnvHttpProxyAgent>();

/** Node's own `fetch` knows no proxy variables before Node 24; undici's agent does. */
function fetchFor(env: NodeJS.ProcessEnv): typeof fetch {
  const either = (name: string) => env[name.toLowerCase()] || env[name];
  const proxyOf = (name: string) => {
    const address = either(name);
    if (!address) return undefined;
    // curl takes one without a scheme too.
    const whole = address.includes("://") ? address : `http://${address}`;
    checkAddress(whole, name);
    return whole;
  };
  const [httpProxy, httpsProxy] = [proxyOf("HTTP_PROXY"), proxyOf("HTTPS_PROXY")];
  if (!httpProxy && !httpsProxy) return fetch;
  const noProxy = withSubdomains(either("NO_PROXY") ?? "");
  const key = JSON.stringify([httpProxy, httpsProxy, noProxy]);
  return async (input, init) => {
    // The agent sends https through the proxy of http where that is the only one; curl and huggingface_hub don't.
    const proxy = String(input).startsWith("https:") ? httpsProxy : httpProxy;
    if (proxy === undefined) return fetch(input, init);
    // Loaded here: few need it.
    const { EnvHttpProxyAgent, fetch: proxiedFetch } = await import("undici");
    const agent = proxies.get(key) ?? new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy });
    proxies.set(key, agent);
    // The types of Node's copy of undici and of the package differ in name only.
    const throughProxy = proxiedFetch as unknown as (input: unknown, init: object) => Promise<Response>;
    return throughProxy(input, { ...init, dispatcher: agent });
  };
}

/** `example.com` in NO_PROXY stands for what is below it too, as for curl; the agent wants that told. */
function withSubdomains(noProxy: string): string {
  const hosts = noProxy.split(/[\s,]+/).filter(Boolean);
  return hosts.flatMap((host) => (/^[.*]/.test(host) ? [host] : [host, `.${host}`])).join(",");
}
