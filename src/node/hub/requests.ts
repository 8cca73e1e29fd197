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

/**
 * `fetch` for the hub: sends the token (to the hub's own host only), tries again while the hub is busy, gives up on
 * silence, and turns every failure into an error that says what to do. Answers are successful or 416.
 *
 * @throws HubUnreachable, HubRefusal, or Interrupted where the caller's signal fired.
 */
export function hubFetch(settings: HubSettings): typeof fetch {
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = new Headers(init.headers);
    if (settings.token !== undefined && new URL(url).origin === new URL(settings.endpoint).origin) {
      headers.set("Authorization", `Bearer ${settings.token}`);
    }
    for (let attempt = 1; ; attempt++) {
      const response = await answer(settings, url, { ...init, headers });
      if (response.ok || response.status === 416) return response;
      await response.body?.cancel();
      if (!BUSY.has(response.status)) throw refusal(settings, response);
      if (attempt === TRIES) {
        throw new HubUnreachable(`${settings.endpoint} is busy (status ${response.status}); try again later`);
      }
      await pause(secondsToWait(response, attempt), settings.signal);
    }
  };
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

function secondsToWait(response: Response, attempt: number): number {
  const asked = Number(response.headers.get("Retry-After"));
  return asked > 0 ? Math.min(asked, 60) : 0.25 * 2 ** attempt;
}

function refusal({ endpoint }: HubSettings, response: Response): HubRefusal {
  const { status } = response;
  const code = response.headers.get("X-Error-Code") ?? undefined;
  const what = new URL(response.url || endpoint).pathname;
  const detail = code === undefined ? `status ${status}` : `status ${status}, ${code}`;
  return new HubRefusal(`${endpoint} refused ${what} (${detail})`, status, code);
}
