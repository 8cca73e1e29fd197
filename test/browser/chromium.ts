import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const executablePath = process.env.TEXTUNE_CHROMIUM ?? "/usr/bin/chromium";

/** Starts Debian's Chromium, or that which TEXTUNE_CHROMIUM names. */
export async function startChromium(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(`no browser at ${executablePath}; install Debian's chromium, or set TEXTUNE_CHROMIUM`);
  }
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** Calls one of the functions that `page/page.ts` has for the tests. */
export function ask<T>(page: Page, method: string, ...args: unknown[]): Promise<T> {
  return page.evaluate(
    ([name, list]) => {
      const { harness } = globalThis as unknown as {
        harness: Record<string, (...args: unknown[]) => unknown>;
      };
      return harness[name]!(...list);
    },
    [method, args] as const,
  ) as Promise<T>;
}
