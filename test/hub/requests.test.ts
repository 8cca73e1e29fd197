import { describe, expect, test } from "vitest";
import { Interrupted } from "../../src/core/errors.ts";
import type { Progress } from "../../src/core/progress.ts";
import { hubFetch } from "../../src/node/hub/requests.ts";
import { type HubOptions, hubSettings } from "../../src/node/hub/settings.ts";
import { withOwnHubSettings } from "./environment.ts";

withOwnHubSettings();

/** A hub that gives these answers one after the other, and what it was asked with. */
function answering(answers: Response[], options: HubOptions = {}) {
  const tokens: (string | null)[] = [];
  const settings = hubSettings({
    endpoint: "https://hub.test",
    fetch: async (_, init) => {
      tokens.push(new Headers(init?.headers).get("Authorization"));
      return answers.shift()!;
    },
    ...options,
  });
  return { request: hubFetch(settings), tokens };
}

function limited(seconds: number): Response {
  return new Response("", { status: 429, headers: { RateLimit: `"api";r=0;t=${seconds}` } });
}

describe("a rate limit", () => {
  test("is waited for as long as RateLimit says and a second more, counted down", async () => {
    const seen: Progress[] = [];
    const { request } = answering([limited(1), new Response("ok")], { onProgress: (p) => seen.push(p) });
    expect(await (await request("https://hub.test/x")).text()).toBe("ok");
    expect(seen.map(({ stage, done, total }) => [stage, done, total])).toEqual([
      ["wait", 0, 2],
      ["wait", 1, 2],
      ["wait", 2, 2],
    ]);
  });

  test("is no longer waited for once the caller stops", async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const { request } = answering([limited(290)], { signal: stop.signal, onProgress });
    await expect(request("https://hub.test/x")).rejects.toThrow(Interrupted);
  });
});

test("an invalid token is named with its source, and what is public is read all the same", async () => {
  const refused = new Response("", {
    status: 401,
    headers: { "X-Error-Message": "Invalid credentials in Authorization header" },
  });
  const notices: string[] = [];
  const { request, tokens } = answering([refused, new Response("public"), new Response("again")], {
    token: "old",
    onNotice: (notice) => notices.push(notice),
  });
  expect(await (await request("https://hub.test/x")).text()).toBe("public");
  expect(await (await request("https://hub.test/y")).text()).toBe("again");
  expect(tokens).toEqual(["Bearer old", null, null]);
  expect(notices).toEqual([
    "https://hub.test calls the token in the option token invalid; going on without it",
  ]);
});

test("a stranger's 401 without a code means an unknown repository", async () => {
  const answer = new Response(JSON.stringify({ error: "Invalid username or password." }), { status: 401 });
  await expect(answering([answer]).request("https://hub.test/x")).rejects.toMatchObject({
    code: "RepoNotFound",
  });
});
