import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { EXTENSIONS } from "../../src/core/data/formats/data-file.ts";
import { DataError } from "../../src/core/errors.ts";
import { chooseConfig, parseCard } from "../../src/node/data/dataset-card.ts";
import { loadDataset } from "../../src/node/data/load-dataset.ts";
import { splitsByName } from "../../src/node/data/split-files.ts";
import { folderWith } from "./folder.ts";

const CSV = "text,label\na,0\nb,1\n";

describe("splits by file name", () => {
  test.each<[string, string[], Record<string, string[]>]>([
    ["plain", ["test.csv", "train.csv"], { train: ["train.csv"], test: ["test.csv"] }],
    [
      "other words",
      ["dev.jsonl", "training.jsonl"],
      { train: ["training.jsonl"], validation: ["dev.jsonl"] },
    ],
    [
      "a keyword within",
      ["imdb_train.csv", "test_data.csv"],
      { train: ["imdb_train.csv"], test: ["test_data.csv"] },
    ],
    [
      "shards",
      [
        "data/train-00001-of-00002.parquet",
        "data/train-00000-of-00002.parquet",
        "data/test_a-00000-of-00001-9f.parquet",
      ],
      {
        train: ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"],
        test_a: ["data/test_a-00000-of-00001-9f.parquet"],
      },
    ],
    ["numbered", ["train_2.csv", "train_1.csv"], { train: ["train_1.csv", "train_2.csv"] }],
    [
      "folders",
      ["train/a.csv", "train/b.csv", "val/a.csv"],
      { train: ["train/a.csv", "train/b.csv"], validation: ["val/a.csv"] },
    ],
    [
      "several of one kind",
      ["validation_matched.csv", "validation_mismatched.csv", "train.csv", "train_large.csv.gz"],
      {
        train: ["train.csv"],
        train_large: ["train_large.csv.gz"],
        validation_matched: ["validation_matched.csv"],
        validation_mismatched: ["validation_mismatched.csv"],
      },
    ],
    ["no keyword", ["b.csv", "a.csv"], { train: ["a.csv", "b.csv"] }],
    [
      "a word that only contains one",
      ["contest.csv", "retrain.csv"],
      { train: ["contest.csv", "retrain.csv"] },
    ],
    [
      "two formats",
      ["train.csv", "train.parquet", "test.csv"],
      { train: ["train.parquet"], test: ["test.csv"] },
    ],
    [
      "formats told once: one that only the readers know is no empty split",
      ["train.ndjson", "test.ndjson.gz"],
      { train: ["train.ndjson"], test: ["test.ndjson.gz"] },
    ],
    [
      "the format of most files",
      ["part_a.csv", "part_b.csv", "notes.json"],
      { train: ["part_a.csv", "part_b.csv"] },
    ],
    [
      "names that every object has",
      ["constructor-00000-of-00001.csv", "train.csv"],
      { train: ["train.csv"], constructor: ["constructor-00000-of-00001.csv"] },
    ],
    [
      "what describes data",
      ["data.csv", "label_map.json", "README.md", "dataset_infos.json", "state.json", "id2label.json"],
      { train: ["data.csv"] },
    ],
    ["plain and compressed", ["train.csv", "train.csv.gz"], { train: ["train.csv"] }],
    [
      "what is no data",
      ["train.csv", ".cache/test.csv", "__pycache__/dev.csv", "dataset_info.json", "test.png"],
      { train: ["train.csv"] },
    ],
  ])("%s", (_, paths, expected) => {
    const splits = splitsByName(paths);
    expect(splits).toEqual(expected);
    expect(Object.keys(splits)).toEqual(Object.keys(expected));
  });
});

describe("dataset card", () => {
  const card = (header: string) => parseCard(`---\n${header}\n---\n# Title\n`, "some/data");
  const paths = ["README.md", "plain/train-0.parquet", "plain/test-0.parquet", "raw/a.csv", "raw/deep/b.csv"];

  test("files and class names of a configuration", () => {
    const parsed = card(`
license: mit
configs:
- config_name: plain
  data_files:
  - split: test
    path: plain/test-*
  - split: train
    path: [plain/train-*]
  - split: unlabelled
    path: plain/none-*
- config_name: raw
  data_files: "raw/**/*.csv"
  default: true
- config_name: folder
  data_dir: ./raw
dataset_info:
- config_name: plain
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '1': pos
          '0': neg
  - name: parts
    list: string
`);
    expect(chooseConfig(paths, parsed, "plain", "d")).toEqual({
      splits: { train: ["plain/train-0.parquet"], test: ["plain/test-0.parquet"] },
      features: {
        text: { type: "string" },
        label: { type: "classLabel", names: ["neg", "pos"] },
        parts: { type: "list", items: { type: "string" } },
      },
    });
    expect(chooseConfig(paths, parsed, undefined, "d").splits).toEqual({
      train: ["raw/a.csv", "raw/deep/b.csv"],
    });
    expect(chooseConfig(paths, parsed, "folder", "d").splits).toEqual({
      train: ["raw/a.csv", "raw/deep/b.csv"],
    });
    expect(() => chooseConfig(paths, parsed, "plan", "d")).toThrow(
      'd has no configuration "plan"; did you mean "plain"? (configurations: plain, raw, folder)',
    );
  });

  test("a split may have a name that every object has", () => {
    const parsed = card(
      "configs:\n- config_name: a\n  data_files:\n  - {split: constructor, path: raw/a.csv}",
    );
    expect(Object.entries(chooseConfig(paths, parsed, undefined, "d").splits)).toEqual([
      ["constructor", ["raw/a.csv"]],
    ]);
  });

  test("several configurations and no default must be chosen from", () => {
    const parsed = card("configs:\n- config_name: en\n- config_name: de");
    expect(() => chooseConfig(paths, parsed, undefined, "some/data")).toThrow(
      "some/data has several configurations; choose one with config: en, de",
    );
  });

  test("without configurations a folder's name is one", () => {
    expect(chooseConfig(paths, {}, "plain", "d").splits).toEqual({
      train: ["plain/train-0.parquet"],
      test: ["plain/test-0.parquet"],
    });
    expect(() => chooseConfig(paths, {}, "x", "d")).toThrow("(configurations: plain, raw)");
  });

  test("a README without a header says nothing; a broken header is refused", () => {
    expect(parseCard("# Title", "d")).toEqual({});
    expect(() => card("configs: [")).toThrow(DataError);
    expect(() => card("configs: yes")).toThrow("README.md of some/data has a broken header");
  });
});

describe("loadDataset", () => {
  test("a folder is its splits, a file is train", async () => {
    const folder = folderWith({ "train.csv": CSV, "test.csv.gz": gzipSync(CSV), "notes.txt": "x" });
    const dataset = await loadDataset(folder);
    expect(Object.keys(dataset)).toEqual(["train", "test"]);
    expect(dataset.test.length).toBe(2);
    expect(dataset.train.source).toBe(`${folder} train`);
    const file = await loadDataset(join(folder, "test.csv.gz"));
    expect(file.train.source).toBe(join(folder, "test.csv.gz"));
  });

  test("a split that isn't there is named together with those that are", async () => {
    const folder = folderWith({ "train.csv": CSV, "test.csv": CSV });
    const dataset = await loadDataset(folder);
    expect(() => dataset.validation).toThrow(`${folder} has no split "validation" (splits: train, test)`);
    await expect(loadDataset(folder, { split: "tset" })).rejects.toThrow('did you mean "test"?');
    await expect(loadDataset(folder, { split: "train[" })).rejects.toThrow("is not a split");
  });

  test("parts of splits", async () => {
    const folder = folderWith({ "train.csv": CSV, "test.csv": CSV });
    const part = await loadDataset(folder, { split: "train[50%:]+test[:1]" });
    expect(part.column("text")).toEqual(["b", "a"]);
    expect(part.source).toBe(`${folder} train[50%:] + ${folder} test[:1]`);
    expect(() => part.labelIds(["x", "y"]).length).not.toThrow();
  });

  test("class names from the folder's README.md, also for names instead of ids", async () => {
    const header =
      "dataset_info:\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names: [neg, pos]";
    const readme = `---\n${header}\n---\n`;
    const folder = folderWith({
      "README.md": readme,
      "train.csv": CSV,
      "test.csv": "text,label\na,pos\nb,neg\n",
    });
    const { train, test } = await loadDataset(folder);
    expect(train.labels).toEqual(["neg", "pos"]);
    expect(test.column("label")).toEqual([1, 0]);
  });

  test("files of one split must have the same columns", async () => {
    const folder = folderWith({ "train_1.csv": CSV, "train_2.csv": "text,label,extra\na,0,1\n" });
    await expect(loadDataset(folder)).rejects.toThrow(
      /train_2.csv has columns that .*train_1.csv lacks: extra/,
    );
  });

  test("what can't be a dataset", async () => {
    const folder = folderWith({ "notes.txt": "x", "empty/.keep": "" });
    await expect(loadDataset(join(folder, "notes.txt"))).rejects.toThrow(
      "can't be read as data; files that can",
    );
    await expect(loadDataset(join(folder, "empty"))).rejects.toThrow("holds no data");
    await expect(loadDataset(join(folder, "nothing.csv"))).rejects.toThrow("there is no file or folder");
  });

  test("git-LFS pointers are called what they are, in every format", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345678\n";
    for (const extension of EXTENSIONS) {
      const path = join(folderWith({ [`train.${extension}`]: pointer }), `train.${extension}`);
      await expect(loadDataset(path)).rejects.toThrow(
        `${path} is a git-LFS pointer, not the file of 12.3 MB itself; run git lfs pull`,
      );
    }
  });

  test("a folder of save_to_disk is called what it is", async () => {
    const folder = folderWith({
      "dataset_dict.json": '{"splits": ["train"]}',
      "train/state.json": "{}",
      "train/dataset_info.json": "{}",
      "train/data-00000-of-00001.arrow": "ARROW1",
    });
    for (const path of [folder, join(folder, "train")]) {
      await expect(loadDataset(path)).rejects.toThrow(`${path} was written by save_to_disk of datasets`);
    }
  });

  test.each([
    ["a long key", `${"a".repeat(50_000)}: 1`],
    ["depth", "[".repeat(5000)],
    [
      "aliases",
      `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*${i ? `b${i - 1}` : "a"},*a,*a]`).join("\n")}`,
    ],
  ])("a card's header with %s is refused in one line", (_, header) => {
    const attempt = () => parseCard(`---\n${header}\n---\n`, "some/data");
    expect(attempt).toThrow(/^README.md of some\/data has a broken header: (?!.*stack).{10,350}$/);
    expect(attempt).toThrow(DataError);
  });

  test("a card's header of very many keys is read in a time that grows with their number", () => {
    const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join("\n");
    expect(parseCard(`---\n${keys}\n---\n`, "some/data")).toEqual({});
  });

  test("can be stopped", async () => {
    const folder = folderWith({ "train.csv": `text,label\n${"a,0\n".repeat(10_000)}` });
    const loading = loadDataset(folder, { signal: AbortSignal.abort() });
    await expect(loading).rejects.toMatchObject({ name: "AbortError" });
  });
});
