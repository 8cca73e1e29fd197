import { join } from "node:path";
import { expect, test } from "vitest";
import { readRun } from "../../src/app/runs/read-run.ts";
import { DataError, HubError, ModelError } from "../../src/core/errors.ts";
import { loadDataset } from "../../src/node/data/load-dataset.ts";
import { nearRepo } from "../../src/node/hub/known-names.ts";
import { resolveModel } from "../../src/node/hub/model.ts";
import { folderWith } from "../data/folder.ts";
import { withOwnHubSettings } from "./environment.ts";

withOwnHubSettings();

/** A hub that nobody reaches. */
const unreachable = {
  endpoint: "https://hub.test",
  fetch: async () => {
    throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ENOTFOUND" } });
  },
};
const files = { required: ["config.json"] };

function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.fail("nothing was wrong"),
    (error) => error,
  );
}

test("a file of data that isn't there is called so, and the hub isn't asked", async () => {
  const folder = folderWith({ "tickets.csv": "text,label\n" });
  const absolute = await failure(loadDataset(join(folder, "ticket.csv"), unreachable));
  expect(absolute).toBeInstanceOf(DataError);
  expect(absolute.message).toBe(
    `there is no file or folder ${join(folder, "ticket.csv")}; did you mean "${join(folder, "tickets.csv")}"?`,
  );
  const bare = await failure(loadDataset("no-such-file.csv", unreachable));
  expect(bare.message).toBe("there is no file or folder no-such-file.csv");
});

test("a run that isn't there is called so, with the one that is", async () => {
  const folder = folderWith({ "ag-news/metrics.json": "{}" });
  expect((await failure(readRun(join(folder, "ag-new")))).message).toBe(
    `there is no run folder ${join(folder, "ag-new")}; did you mean "${join(folder, "ag-news")}"?`,
  );
  const model = await failure(resolveModel(join(folder, "ag-new"), { files }));
  expect(model).toBeInstanceOf(ModelError);
  expect(model.message).toContain(`; did you mean "${join(folder, "ag-news")}"?`);
});

test("where the hub can't be asked, what isn't here is said first", async () => {
  const data = await failure(loadDataset("standfordnlp/imdb", unreachable));
  expect(data).toBeInstanceOf(HubError);
  expect(data.message).toMatch(
    /^there is no file or folder standfordnlp\/imdb \(did you mean "stanfordnlp\/imdb"\?\), dataset standfordnlp\/imdb is not in the cache .*, and the hub could not be asked: https:\/\/hub.test could not be reached \(ENOTFOUND\)/,
  );
  const model = await failure(resolveModel("distilbert-base-uncase", { files, offline: true }));
  expect(model.message).toMatch(
    /^there is no folder distilbert-base-uncase \(did you mean "distilbert-base-uncased"\?\), model .* is not in the cache .*, and HF_HUB_OFFLINE forbids to download it$/,
  );
});

test("near names are those of what fits, here, in the cache or well known", async () => {
  const folder = folderWith({
    "datasets--my--tickets/refs/main": "",
    "runs/news/model/config.json": "{}",
    "runs/experiment/notes.txt": "",
  });
  expect(await nearRepo("dataset", "my/ticket", folder)).toBe("my/tickets");
  expect(await nearRepo("dataset", "imdb", folder)).toBe("stanfordnlp/imdb");
  expect(await nearRepo("model", "my/ticket", folder)).toBeUndefined();
  expect(await nearRepo("model", join(folder, "runs", "new"), folder)).toBe(join(folder, "runs", "news"));
  expect(await nearRepo("model", join(folder, "runs", "experimen"), folder)).toBeUndefined();
});
