import { describe, expect, test, vi } from "vitest";
import { HubError, Interrupted } from "../../src/core/errors.ts";
import { RepoCache } from "../../src/node/hub/cache.ts";
import { lookUp } from "../../src/node/hub/listing.ts";
import { HubUnreachable, hubFetch } from "../../src/node/hub/requests.ts";
import { type HubOptions, hubSettings } from "../../src/node/hub/settings.ts";
import { folderWith } from "../data/folder.ts";
import { withOwnHubSettings } from "./environment.ts";

withOwnHubSettings();

const COMMIT = "c".repeat(40);
const OID = "a".repeat(40);
const info = () => Response.json({ id: "some/data", _id: "0", sha: COMMIT });

/** Looks a dataset up on a hub that answers with `page(0)`, `page(1)`, … after saying the commit. */
function listing(page: (i: number) => Response | Promise<Response>, options: HubOptions = {}) {
  let requests = 0;
  const settings = hubSettings({
    endpoint: "https://hub.test",
    fetch: async (_, init) => {
      init?.signal?.throwIfAborted();
      return requests++ === 0 ? info() : page(requests - 2);
    },
    ...options,
  });
  const cache = new RepoCache(folderWith(), "dataset", "some/data");
  return lookUp("dataset", "some/data", "main", settings, hubFetch(settings), cache);
}

const next = (i: number) => ({
  Link: `<https://hub.test/api/datasets/some/data/tree/x?cursor=${i}>; rel="next"`,
});
const file = (path: string) => ({ type: "file", path, size: 1, oid: OID });

test("a rate limit is waited for however long, also where it is longer than an answer may take", async () => {
  vi.stubEnv("HF_HUB_DOWNLOAD_TIMEOUT", "0.1");
  const limited = () => new Response("", { status: 429, headers: { RateLimit: '"api";r=0;t=1' } });
  const { entries } = await listing((i) => (i === 0 ? limited() : Response.json([file("a.csv")])));
  expect([...entries.keys()]).toEqual(["a.csv"]);
});

test("names that objects have are files like others", async () => {
  const paths = ["__proto__", "constructor", "toString"];
  const { entries } = await listing(() => Response.json(paths.map(file)));
  expect([...entries.keys()]).toEqual(paths);
  const cache = new RepoCache(folderWith(), "dataset", "some/data");
  await cache.rememberListing(COMMIT, entries);
  expect(await cache.listing(COMMIT)).toEqual(new Map([...entries].sort()));
});

describe("a listing without end is given up", () => {
  const tooLong = /^the listing of dataset some\/data has no end in sight/;

  test("of empty pages", async () => {
    const loading = listing((i) => Response.json([], { headers: next(i) }));
    await expect(loading).rejects.toThrow(tooLong);
    await expect(loading).rejects.toThrow(HubError);
  });

  test("of full pages", async () => {
    const page = JSON.stringify(Array.from({ length: 1000 }, (_, i) => file(`${i}.csv`)));
    const loading = listing((i) => new Response(page, { headers: next(i) }));
    await expect(loading).rejects.toThrow(tooLong);
  });

  test("in one page", async () => {
    let sent = 0;
    const chunk = Buffer.alloc(1 << 20, " ");
    const endless = new ReadableStream({
      pull(controller) {
        sent += chunk.length;
        controller.enqueue(chunk);
      },
    });
    await expect(listing(() => new Response(endless))).rejects.toThrow(tooLong);
    expect(sent).toBeLessThan(260e6);
  });

  test("that brings nothing", async () => {
    vi.stubEnv("HF_HUB_DOWNLOAD_TIMEOUT", "0.01");
    // Ends with the request's signal, as a body does that comes over a network.
    const silent = (signal: AbortSignal) =>
      new ReadableStream({
        start: (controller) => signal.addEventListener("abort", () => controller.error(signal.reason)),
      });
    const answers = [() => info(), (signal: AbortSignal) => new Response(silent(signal))];
    const fetch: typeof globalThis.fetch = async (_, init) => answers.shift()!(init!.signal!);
    await expect(listing(info, { fetch })).rejects.toThrow(
      "https://hub.test does not answer as a hub does (its answer takes too long)",
    );
  });
});

test("a commit or files that no hub lists are an answer of no hub, in plain words", async () => {
  const bad: unknown[] = [
    null,
    "a",
    {},
    { ...file("a"), path: 3 },
    { ...file("a"), size: -1 },
    { ...file("a"), oid: "../../../evil" },
    { ...file("a"), oid: undefined },
    { ...file("a"), lfs: { oid: "../evil", size: 1 } },
  ];
  for (const entry of bad) {
    const error = await listing(() => Response.json([entry])).catch((error) => error);
    expect(error, JSON.stringify(entry)).toBeInstanceOf(HubUnreachable);
    expect(error.message).toBe(
      "https://hub.test does not answer as a hub does (its listing has an entry that is no file)",
    );
  }
  const page = listing(() => new Response(`<html>${"welcome ".repeat(10_000)}`));
  await expect(page).rejects.toThrow(
    "https://hub.test does not answer as a hub does (its answer is not JSON)",
  );
  const without = listing(() => info(), { fetch: async () => Response.json({ id: "some/data", _id: "0" }) });
  await expect(without).rejects.toThrow(
    "https://hub.test does not answer as a hub does (it gives no commit)",
  );
});

test("whoever stops it while a page arrives has stopped it: the cache doesn't step in", async () => {
  const stop = new AbortController();
  const broken = () => {
    stop.abort();
    return new Response(
      new ReadableStream({ start: (controller) => controller.error(new Error("terminated")) }),
    );
  };
  await expect(listing(broken, { signal: stop.signal })).rejects.toThrow(Interrupted);
});
