import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DataError } from "../../src/core/errors.ts";
import { loadDataset } from "../../src/node/data/load-dataset.ts";
import { withOwnHubSettings } from "../hub/environment.ts";
import { type ServedRepo, startHub } from "../hub/hub-server.ts";

withOwnHubSettings();

const parquet = (name: string) => readFileSync(new URL(`../fixtures/data/${name}`, import.meta.url));
const LABELLED = parquet("datasets.parquet");
const PLAIN = parquet("pyarrow-snappy.parquet");
const CSV = "text,label\na,0\nb,1\n";

function dataset(name: string, revisions: ServedRepo["revisions"]): ServedRepo {
  const large = Object.values(revisions).flatMap((files) =>
    Object.keys(files).filter((path) => path.endsWith(".parquet")),
  );
  return { type: "dataset", name, revisions, large };
}

const CARD = `---
license: unknown
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train-*
  - split: test
    path: data/test-*
dataset_info:
  features:
  - name: sentence
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': negative
          '1': neutral
          '2': positive
---
# A dataset
`;

test("a dataset of the usual layout: splits, shards, class names from the Parquet files", async () => {
  const hub = await startHub([
    dataset("fancyzhx/ag_news", {
      main: {
        "README.md": CARD,
        "data/train-00000-of-00002.parquet": LABELLED,
        "data/train-00001-of-00002.parquet": LABELLED,
        "data/test-00000-of-00001.parquet": LABELLED,
      },
    }),
  ]);
  const news = await loadDataset("fancyzhx/ag_news", { endpoint: hub.url });
  expect(Object.keys(news)).toEqual(["train", "test"]);
  expect(news.train.length).toBe(16);
  expect(news.train.labels).toEqual(["World", "Sports", "Sci/Tech"]);
  expect(news.train.source).toBe("fancyzhx/ag_news train");

  const requests = hub.fileRequests().length;
  const part = await loadDataset("fancyzhx/ag_news", { endpoint: hub.url, split: "train[:25%]" });
  expect(part.source).toBe("fancyzhx/ag_news train[:25%]");
  expect(part.length).toBe(4);
  expect(hub.fileRequests().length).toBe(requests);

  await hub.close();
  expect((await loadDataset("fancyzhx/ag_news", { offline: true })).test.length).toBe(8);
});

test("only the files of the split asked for are downloaded", async () => {
  const hub = await startHub([
    dataset("some/data", {
      main: { "README.md": CARD, "data/train-0.parquet": PLAIN, "data/test-0.parquet": LABELLED },
    }),
  ]);
  const train = await loadDataset("some/data", { endpoint: hub.url, split: "train[:10]" });
  expect(hub.fileRequests().some((path) => path.includes("test"))).toBe(false);
  expect(train.labels).toEqual(["negative", "neutral", "positive"]);
  await expect(loadDataset("some/data", { endpoint: hub.url, split: "dev" })).rejects.toThrow(
    'some/data has no split "dev" (splits: train, test)',
  );
});

test("a dataset of a script is read from its converted copy", async () => {
  const hub = await startHub([
    dataset("glue", {
      main: { "README.md": "# GLUE", "glue.py": "import datasets", "raw/train.csv": "not,rows" },
      "refs/convert/parquet": {
        "mnli/validation_matched/0000.parquet": LABELLED,
        "mnli/train/0001.parquet": LABELLED,
        "mnli/train/0000.parquet": LABELLED,
        "sst2/train/0000.parquet": PLAIN,
      },
    }),
  ]);
  const mnli = await loadDataset("glue", { endpoint: hub.url, config: "mnli" });
  expect(Object.entries(mnli).map(([split, { length }]) => [split, length])).toEqual([
    ["train", 16],
    ["validation_matched", 8],
  ]);
  expect(mnli.train.source).toBe("glue mnli train");
  await expect(loadDataset("glue", { endpoint: hub.url })).rejects.toThrow(
    "glue has several configurations; choose one with config: mnli, sst2",
  );
  await expect(loadDataset("glue", { endpoint: hub.url, config: "mnil" })).rejects.toThrow(
    'did you mean "mnli"?',
  );
});

test("files named after their splits, without a card", async () => {
  const hub = await startHub([dataset("me/mine", { main: { "train.csv": CSV, "my test.csv": CSV } })]);
  const mine = await loadDataset("me/mine", { endpoint: hub.url });
  expect(mine.test.column("text")).toEqual(["a", "b"]);
});

test("a dataset without rows that can be read", async () => {
  const hub = await startHub([dataset("some/images", { main: { "README.md": "", "images.zip": "x" } })]);
  const error = await loadDataset("some/images", { endpoint: hub.url }).catch((error) => error);
  expect(error).toBeInstanceOf(DataError);
  expect(error.message).toContain(
    "dataset some/images has no data that can be read; files that can be read end in",
  );
});

test("an unknown dataset", async () => {
  const hub = await startHub([]);
  await expect(loadDataset("some/thing", { endpoint: hub.url })).rejects.toThrow(
    `unknown dataset "some/thing", or a private one: no file or folder of that name here, and none on ${hub.url}`,
  );
  await expect(loadDataset("./some/thing")).rejects.toThrow("there is no file or folder ./some/thing");
});

test("`default` names the only configuration, whatever its card calls it", async () => {
  const only = CARD.replace("config_name: default", "config_name: plain_text");
  const hub = await startHub([
    dataset("some/named", { main: { "README.md": only, "data/train-0.csv": CSV, "data/test-0.csv": CSV } }),
    dataset("some/bare", { main: { "train.csv": CSV } }),
  ]);
  for (const name of ["some/named", "some/bare"]) {
    const { train } = await loadDataset(name, { endpoint: hub.url, config: "default" });
    expect(train?.length).toBe(2);
  }
});

test("a dataset that is only a script is named so", async () => {
  const hub = await startHub([
    dataset("some/script", { main: { "README.md": "", "script.py": "import datasets" } }),
  ]);
  await expect(loadDataset("some/script", { endpoint: hub.url })).rejects.toThrow(
    "dataset some/script is a script (script.py) that would have to be run to get its rows",
  );
});
