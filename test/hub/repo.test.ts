import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { DataError, HubError, Interrupted, ModelError, OutputError } from "../../src/core/errors.ts";
import type { Progress } from "../../src/core/progress.ts";
import { isRepoName, openRepo } from "../../src/node/hub/repo.ts";
import type { HubOptions } from "../../src/node/hub/settings.ts";
import { folderWith } from "../data/folder.ts";
import { withOwnHubSettings } from "./environment.ts";
import { commitOf, gitHash, type ServedRepo, sha256, startHub } from "./hub-server.ts";

const BIG = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const FILES = { "README.md": "# Hello\n", "a file.txt": "small", "data/big.bin": BIG, empty: "" };
const REPO: ServedRepo = {
  type: "dataset",
  name: "some/data",
  revisions: { main: FILES, v1: { "README.md": "old" } },
  large: ["data/big.bin"],
};
const MACHINE = sha256(hostname()).slice(0, 8);
const COMMIT = commitOf(REPO.name, "main", FILES);

withOwnHubSettings();

function cacheFolder(): string {
  return join(process.env.HF_HOME!, "hub", "datasets--some--data");
}

/** Names of everything that stands in the blob folder. */
function blobs(): string[] {
  const folder = join(cacheFolder(), "blobs");
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** The hash of what arrived. */
async function fetchBig(options: HubOptions): Promise<string> {
  const repo = await openRepo("dataset", "some/data", options);
  const [path] = await repo.files(["data/big.bin"]);
  return sha256(readFileSync(path!));
}

describe("the shared cache", () => {
  test("is laid out as by Hugging Face's own tools", async () => {
    const hub = await startHub([REPO]);
    const repo = await openRepo("dataset", "some/data", { endpoint: hub.url });
    expect(repo.paths.sort()).toEqual(Object.keys(FILES).sort());
    const paths = await repo.files(repo.paths);
    for (const [i, path] of repo.paths.entries()) {
      expect(paths[i]).toBe(join(cacheFolder(), "snapshots", COMMIT, path));
      expect(sha256(readFileSync(paths[i]!))).toBe(sha256(FILES[path as keyof typeof FILES]));
    }
    expect(blobs()).toEqual([gitHash(""), gitHash("# Hello\n"), gitHash("small"), sha256(BIG)].sort());
    expect(readFileSync(join(cacheFolder(), "refs", "main"), "utf8")).toBe(COMMIT);
    const link = join(cacheFolder(), "snapshots", COMMIT, "data", "big.bin");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readlinkSync(link)).toBe(`../../../blobs/${sha256(BIG)}`);
  });

  test("saves what is there from being downloaded again, also under another revision", async () => {
    const hub = await startHub([{ ...REPO, revisions: { main: FILES, copy: FILES } }]);
    await fetchBig({ endpoint: hub.url });
    const before = hub.fileRequests().length;
    await fetchBig({ endpoint: hub.url });
    expect(await fetchBig({ endpoint: hub.url, revision: "copy" })).toBe(sha256(BIG));
    expect(hub.fileRequests().length).toBe(before);
  });

  test("serves without the hub: offline, and unreachable", async () => {
    const hub = await startHub([REPO]);
    await fetchBig({ endpoint: hub.url });
    const requests = hub.log.length;
    expect(await fetchBig({ endpoint: hub.url, offline: true })).toBe(sha256(BIG));
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect(await fetchBig({ endpoint: hub.url, revision: COMMIT })).toBe(sha256(BIG));
    expect(hub.log.length).toBe(requests);
    vi.stubEnv("HF_HUB_OFFLINE", "0");
    await hub.close();
    expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
    const repo = await openRepo("dataset", "some/data", { endpoint: hub.url });
    // The listing is remembered: what isn't cached is known to be lacking.
    expect(repo.paths.sort()).toEqual(Object.keys(FILES).sort());
    await expect(repo.files(["README.md"])).rejects.toThrow("the cache lacks README.md of some/data, and ");
  });

  test("of another tool is read: a branch, its commit, links or plain files", async () => {
    const folder = folderWith({
      "models--owner--name/refs/main": COMMIT,
      [`models--owner--name/snapshots/${COMMIT}/config.json`]: "{}",
    });
    const repo = await openRepo("model", "owner/name", { cacheDir: folder, offline: true });
    expect(repo.paths).toEqual(["config.json"]);
    expect(await repo.files(["config.json"])).toEqual([join(repo.folder, "config.json")]);
  });

  test("a link to contents that are gone is made good", async () => {
    const hub = await startHub([REPO]);
    await fetchBig({ endpoint: hub.url });
    const { unlinkSync } = await import("node:fs");
    unlinkSync(join(cacheFolder(), "blobs", sha256(BIG)));
    expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
  });

  test("contents that were cut or emptied are made good; offline they are lacking", async () => {
    const hub = await startHub([REPO]);
    await fetchBig({ endpoint: hub.url });
    for (const rest of [0, 1000]) {
      writeFileSync(join(cacheFolder(), "blobs", sha256(BIG)), BIG.subarray(0, rest));
      await expect(fetchBig({ offline: true })).rejects.toThrow("the cache lacks data/big.bin of some/data");
      expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
      expect(blobs()).toEqual([sha256(BIG)]);
    }
  });

  test("that can't be written to serves as long as nothing is lacking", async () => {
    const hub = await startHub([REPO]);
    await fetchBig({ endpoint: hub.url });
    // Permissions bind no administrator; a file where the folder should be binds all.
    rmSync(join(cacheFolder(), "trees"), { recursive: true });
    writeFileSync(join(cacheFolder(), "trees"), "");
    expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
    const repo = await openRepo("dataset", "some/data", { endpoint: hub.url });
    await expect(repo.files(["README.md"])).rejects.toThrow(OutputError);
  });

  test("that can't be written to is reported", async () => {
    const hub = await startHub([REPO]);
    const folder = folderWith({ cache: "a file where the folder should be" });
    const opening = openRepo("dataset", "some/data", { endpoint: hub.url, cacheDir: join(folder, "cache") });
    await expect(opening).rejects.toThrow(OutputError);
    await expect(opening).rejects.toThrow("can't write to the download cache");
  });
});

describe("environment", () => {
  test("HF_ENDPOINT, HF_HUB_CACHE and HF_TOKEN; the token stays with the hub's host", async () => {
    const hub = await startHub([{ ...REPO, privateFor: "secret" }]);
    const cache = folderWith();
    vi.stubEnv("HF_ENDPOINT", `${hub.url}/`);
    vi.stubEnv("HF_HUB_CACHE", cache);
    vi.stubEnv("HF_TOKEN", "secret");
    expect(await fetchBig({})).toBe(sha256(BIG));
    expect(readdirSync(cache)).toEqual(["datasets--some--data"]);
    const toHub = hub.log.filter(({ path }) => /api|resolve/.test(path));
    const toStorage = hub.log.filter(({ path }) => !/api|resolve/.test(path));
    expect(toHub.every(({ token }) => token === "secret")).toBe(true);
    expect(toStorage.map(({ token }) => token)).toEqual([undefined]);
  });

  test("the token file in HF_HOME", async () => {
    const hub = await startHub([{ ...REPO, privateFor: "from file" }]);
    writeFileSync(join(process.env.HF_HOME!, "token"), "from file\n");
    expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
  });
});

describe("downloads", () => {
  const part = BIG.length / 3;

  test("go on where the connection broke", async () => {
    const hub = await startHub([REPO]);
    hub.misbehave.push({ cutAfter: part }, { cutAfter: part });
    expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
    const ranges = hub.log.filter(({ path }) => path.includes("xet-bridge")).map(({ range }) => range);
    expect(ranges).toEqual([undefined, `bytes=${part}-`, `bytes=${2 * part}-`]);
    expect(blobs()).toEqual([sha256(BIG)]);
    expect(hub.log.slice(-3).map(({ encoding }) => encoding)).toEqual(["identity", "identity", "identity"]);
  });

  test("go on after silence, a busy hub, and a hub that starts over", async () => {
    const hub = await startHub([REPO]);
    hub.misbehave.push({ stallAfter: part }, { status: 503 }, { ignoreRange: true });
    expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
  });

  test("a later call goes on where an earlier one gave up", async () => {
    const hub = await startHub([REPO]);
    hub.misbehave.push({ cutAfter: part }, ...Array.from({ length: 5 }, () => ({ cutAfter: 0 })));
    await expect(fetchBig({ endpoint: hub.url })).rejects.toThrow(HubError);
    expect(blobs()).toEqual([`${sha256(BIG)}.textune.incomplete`]);
    expect(readdirSync(cacheFolder())).not.toContain("snapshots");
    expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
    expect(hub.log.at(-1)!.range).toBe(`bytes=${part}-`);
    expect(blobs()).toEqual([sha256(BIG)]);
  });

  test("what a killed process left is taken over; what a running one writes is not touched", async () => {
    const hub = await startHub([REPO]);
    await fetchBig({ endpoint: hub.url });
    const { unlinkSync } = await import("node:fs");
    const blob = join(cacheFolder(), "blobs", sha256(BIG));
    unlinkSync(blob);
    writeFileSync(`${blob}.textune-${MACHINE}-99999999-0123abcd.incomplete`, BIG.subarray(0, 1000));
    writeFileSync(`${blob}.textune-${MACHINE}-${process.ppid}-0123abcd.incomplete`, "another process's");
    expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
    expect(hub.log.at(-1)!.range).toBe("bytes=1000-");
    expect(blobs()).toEqual([
      sha256(BIG),
      `${sha256(BIG)}.textune-${MACHINE}-${process.ppid}-0123abcd.incomplete`,
    ]);
  });

  test("a beginning that is wrong is found out by the hash and thrown away", async () => {
    const hub = await startHub([REPO]);
    hub.misbehave.push({ cutAfter: part }, ...Array.from({ length: 5 }, () => ({ cutAfter: 0 })));
    await fetchBig({ endpoint: hub.url }).catch(() => {});
    writeFileSync(join(cacheFolder(), "blobs", `${sha256(BIG)}.textune.incomplete`), "something else");
    expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
  });

  test("contents that never match their hash are refused, and nothing stands under their name", async () => {
    const hub = await startHub([REPO]);
    hub.misbehave.push({ corrupt: true }, { corrupt: true });
    const loading = fetchBig({ endpoint: hub.url });
    await expect(loading).rejects.toThrow(HubError);
    await expect(loading).rejects.toThrow(/data\/big.bin could not be downloaded .* don't match the hash/);
    expect(blobs()).toEqual([`${sha256(BIG)}.textune.incomplete`]);
    expect(statSync(join(cacheFolder(), "blobs", `${sha256(BIG)}.textune.incomplete`)).size).toBe(0);
  });

  test("several at once of the same file all succeed", async () => {
    const hub = await startHub([REPO]);
    const all = await Promise.all(Array.from({ length: 4 }, () => fetchBig({ endpoint: hub.url })));
    for (const bytes of all) expect(bytes).toBe(sha256(BIG));
    expect(blobs()).toEqual([sha256(BIG)]);
  });

  test("stop when the caller says so, and can go on later", async () => {
    const hub = await startHub([REPO]);
    hub.misbehave.push({ stallAfter: part });
    const stop = new AbortController();
    const onProgress = ({ done }: Progress) => done >= part && stop.abort();
    await expect(fetchBig({ endpoint: hub.url, signal: stop.signal, onProgress })).rejects.toThrow(
      Interrupted,
    );
    expect(blobs()).toEqual([`${sha256(BIG)}.textune.incomplete`]);
    expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
  });

  test("tell how far they are, over all files of a call", async () => {
    const hub = await startHub([REPO]);
    const seen: Progress[] = [];
    const repo = await openRepo("dataset", "some/data", {
      endpoint: hub.url,
      onProgress: (p) => seen.push(p),
    });
    await repo.files(["README.md", "data/big.bin"]);
    const total = BIG.length + FILES["README.md"].length;
    expect(seen[0]).toEqual({ stage: "download", subject: "some/data", done: 8, total });
    expect(seen.at(-1)).toEqual({ stage: "download", subject: "some/data", done: total, total });
    const counts = seen.map(({ done }) => done);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });
});

describe("refusals are said in one line", () => {
  async function refusal(type: "model" | "dataset", name: string, options: HubOptions): Promise<Error> {
    const error = await openRepo(type, name, options)
      .then((repo) => repo.files(repo.paths))
      .catch((error) => error);
    expect(error).toBeInstanceOf(Error);
    expect(error.message).not.toContain("\n");
    return error;
  }

  test("an unknown name, or a private one", async () => {
    const hub = await startHub([{ ...REPO, privateFor: "secret" }], { tokens: ["somebody's"] });
    const error = await refusal("dataset", "some/date", { endpoint: hub.url });
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe(
      `unknown dataset "some/date", or a private one: no file or folder of that name here, and none on ${hub.url} that can be seen (if it is private, set HF_TOKEN)`,
    );
    const hidden = await refusal("dataset", "some/data", { endpoint: hub.url, token: "somebody's" });
    expect(hidden.message).toContain("use a token (HF_TOKEN) that has access");
    const onNotice = () => {};
    const wrong = await refusal("dataset", "some/data", { endpoint: hub.url, token: "wrong", onNotice });
    expect(wrong.message).toContain("give a valid token: the one in the option token is invalid");
    expect(await refusal("model", "nope", { endpoint: hub.url })).toBeInstanceOf(ModelError);
  });

  test("an unknown revision", async () => {
    const hub = await startHub([REPO]);
    const error = await refusal("dataset", "some/data", { endpoint: hub.url, revision: "v9" });
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe('dataset some/data has no revision "v9"');
  });

  test("a gated repository", async () => {
    const hub = await startHub([{ ...REPO, gatedFor: "secret" }]);
    const error = await refusal("dataset", "some/data", { endpoint: hub.url });
    expect(error).toBeInstanceOf(HubError);
    expect(error.message).toBe(
      `dataset some/data is gated: accept its terms on ${hub.url}/datasets/some/data, then set HF_TOKEN`,
    );
  });

  test("no connection, and nothing in the cache", async () => {
    const hub = await startHub([]);
    await hub.close();
    const error = await refusal("model", "bert", { endpoint: hub.url });
    expect(error).toBeInstanceOf(HubError);
    expect(error.message).toContain(`${hub.url} could not be reached (ECONNREFUSED); check the network`);
    expect(error.message).toContain("set HF_ENDPOINT to a mirror, or give a local file or folder");
    expect(error.message).toContain("model bert is not in the cache");
  });

  test("offline, and nothing in the cache", async () => {
    const error = await refusal("model", "bert", { offline: true });
    expect(error).toBeInstanceOf(HubError);
    expect(error.message).toContain("HF_HUB_OFFLINE forbids to download it");
  });

  test("a server that is no hub", async () => {
    const { createServer } = await import("node:http");
    const server = createServer((_, response) => response.end("<html>Welcome</html>"));
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as { port: number };
    const error = await refusal("model", "bert", { endpoint: `http://127.0.0.1:${port}` });
    server.close();
    expect(error).toBeInstanceOf(HubError);
    expect(error.message).toContain("does not answer as a hub does");
  });
});

test("a listing can't place files outside the cache; what can't be handled is refused, never skipped", async () => {
  const paths = { "../../evil": "x", "/abs": "x", "a:b|c.txt": "odd", ok: "x" };
  const hub = await startHub([{ ...REPO, revisions: { main: paths } }]);
  const repo = await openRepo("dataset", "some/data", { endpoint: hub.url });
  expect(repo.paths.sort()).toEqual(Object.keys(paths).sort());
  for (const path of ["../../evil", "/abs"]) {
    await expect(repo.files([path])).rejects.toThrow("some/data has a file that leads out of its folder");
  }
  const odd = repo.files(["a:b|c.txt"]);
  if (process.platform === "win32") await expect(odd).rejects.toThrow("whose name Windows can't hold");
  else expect(readFileSync((await odd)[0]!, "utf8")).toBe("odd");
});

test("a partial file of another tool is never touched", async () => {
  const hub = await startHub([REPO]);
  const names = [`${sha256(BIG)}.incomplete`, `${sha256(BIG)}.0123abcd.incomplete`];
  const folder = join(cacheFolder(), "blobs");
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), BIG.subarray(0, 1000));
  expect(await fetchBig({ endpoint: hub.url })).toBe(sha256(BIG));
  for (const name of names) expect(readFileSync(join(folder, name)).equals(BIG.subarray(0, 1000))).toBe(true);
  expect(blobs()).toEqual([sha256(BIG), ...names].sort());
});

test("a repository that moved is followed and cached under the name asked for", async () => {
  const hub = await startHub([{ ...REPO, name: "data", movedTo: "some/data" }, REPO]);
  const repo = await openRepo("dataset", "data", { endpoint: hub.url });
  await repo.files(["README.md"]);
  expect(existsSync(join(process.env.HF_HOME!, "hub", "datasets--data", "refs", "main"))).toBe(true);
});

test("names that can be on the hub", () => {
  for (const name of ["bert-base-uncased", "fancyzhx/ag_news", "a/b.c-d_e"])
    expect(isRepoName(name)).toBe(true);
  for (const name of ["", "a/b/c", "./x", "../x", "/x", "~/x", "a\\b", "x/", "a..b", "C:/x", "a b"]) {
    expect(isRepoName(name), name).toBe(false);
  }
});
