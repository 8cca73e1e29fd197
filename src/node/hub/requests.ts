import { setTimeout as sleep } from "node:timers/promises";
import { HubError, Interrupted } from "../../core/errors.ts";
import type { HubSettings } from "./settings.ts";

/** No answer, or none worth having: the cache may still serve. */
export class HubUnreachable extends HubError {}

/** The hub answered no. */
export class HubRefusal extends HubError {
  readonly status: number;
  /** The hub's own word for it: `RepoNotFound`, `RevisionNotFound`, `EntryNotFound`, `GatedRepo`. */
  readonly code: string | undefined;

  constructor(message: string, status: number, code: string | undefined) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const TRIES = 4;
const BUSY = new Set([429, 500, 502, 503, 504]);

/** Seconds that one wait for a rate limit may take: the hub's windows are five minutes long. */
const LONGEST_WAIT = 310;

/** What the hub answers where it doesn't know the token, on public repositories too. */
const BAD_TOKEN = /invalid credentials|token (is )?(expired|invalid)/i;

/**
 * `fetch` for the hub: sends the token (to the hub's own host only) and does without one that the hub calls invalid,
 * tries again while the hub is busy, for as long as it asks, gives up on silence, and turns every failure into an
 * error that says what to do. Answers are successful or 416.
 *
 * @throws HubUnreachable, HubRefusal, or Interrupted where the caller's signal fired.
 */
export function hubFetch(settings: HubSettings): typeof fetch {
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    for (let attempt = 1; ; attempt++) {
      const headers = new Headers(init.headers);
      const { token } = settings;
      const withToken =
        token !== undefined && !token.isInvalid && new URL(url).origin === new URL(settings.endpoint).origin;
      if (withToken) headers.set("Authorization", `Bearer ${token.value}`);
      const response = await answer(settings, url, { ...init, headers });
      if (response.ok || response.status === 416) return response;
      const message = response.headers.get("X-Error-Message") ?? (await startOf(response));
      await response.body?.cancel().catch(() => {});
      if (response.status === 401 && withToken && BAD_TOKEN.test(message)) {
        if (!token.isInvalid) {
          token.isInvalid = true;
          settings.onNotice(
            `${settings.endpoint} calls the token in ${token.source} invalid; going on without it`,
          );
        }
        attempt--;
        continue;
      }
      if (!BUSY.has(response.status)) throw refusal(settings, response, message);
      if (attempt === TRIES) {
        throw new HubUnreachable(`${settings.endpoint} is busy (status ${response.status}); try again later`);
      }
      await wait(secondsToWait(response, attempt), settings);
    }
  };
}

/** The first characters of an error's body, which may be a page of any length. */
async function startOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  try {
    const first = await Promise.race([reader?.read(), sleep(2000, undefined, { ref: false })]);
    return Buffer.from(first?.value ?? []).toString("utf8", 0, 1000);
  } catch {
    return "";
  } finally {
    reader?.releaseLock();
  }
}

/** Waits, and counts the seconds down for whoever watches. */
async function wait(seconds: number, { endpoint, signal, onProgress }: HubSettings): Promise<void> {
  if (seconds < 2) return pause(seconds, signal);
  const subject = `for ${new URL(endpoint).host}, which limits requests`;
  for (let done = 0; done < seconds; done++) {
    onProgress?.({ stage: "wait", subject, done, total: seconds });
    await pause(Math.min(1, seconds - done), signal);
  }
  onProgress?.({ stage: "wait", subject, done: seconds, total: seconds });
}

async function answer(settings: HubSettings, url: string, init: RequestInit): Promise<Response> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error("no answer")), settings.timeout * 1000);
  const signals = [silence.signal, settings.signal, init.signal].filter((signal) => signal != null);
  try {
    return await settings.fetch(url, { ...init, signal: AbortSignal.any(signals) });
  } catch (cause) {
    if (settings.signal?.aborted) throw new Interrupted();
    throw new HubUnreachable(
      `${settings.endpoint} could not be reached (${reason(cause)}); check the network, set HF_ENDPOINT to a mirror, or give a local file or folder`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** The most telling part of what `fetch` throws: its cause's code, such as ENOTFOUND. */
export function reason(error: unknown): string {
  const { cause, message } = error as Error;
  const { code, message: inner } = (cause ?? {}) as NodeJS.ErrnoException;
  return code ?? inner ?? message;
}

/** @throws Interrupted where the signal fires first. */
export async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(seconds * 1000, undefined, { signal });
  } catch {
    throw new Interrupted();
  }
}

/** `RateLimit: "api";r=0;t=55` asks for 55 s; one more makes sure, as huggingface_hub does. */
function secondsToWait(response: Response, attempt: number): number {
  const window = /(?:^|;)\s*t=(\d+)/.exec(response.headers.get("RateLimit") ?? "")?.[1];
  const asked =
    response.status === 429 && window !== undefined
      ? Number(window) + 1
      : Number(response.headers.get("Retry-After"));
  return asked > 0 ? Math.min(asked, LONGEST_WAIT) : 0.25 * 2 ** attempt;
}

function refusal({ endpoint }: HubSettings, response: Response, message: string): HubRefusal {
  const { status } = response;
  const given = response.headers.get("X-Error-Code") ?? undefined;
  // Of a repository that is unknown or private, strangers hear only this; huggingface_hub reads it the same way.
  const hidden = status === 401 && given === undefined && !BAD_TOKEN.test(message);
  const code = hidden ? "RepoNotFound" : given;
  const what = new URL(response.url || endpoint).pathname;
  const detail = code === undefined ? `status ${status}` : `status ${status}, ${cut(code)}`;
  return new HubRefusal(`${endpoint} refused ${cut(what)} (${detail})`, status, code);
}

/** Foreign words for a message: of one line and a sensible length. */
function cut(text: string): string {
  const flat = text.replaceAll(/\s+/g, " ");
  return flat.length > 200 ? `${flat.slice(0, 199)}…` : flat;
}
