import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TextClassifier } from "../../src/index.ts";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

let folder: string;
const before = process.cwd();

beforeAll(async () => {
  folder = await temporaryFolder();
  process.chdir(folder);
  await writeNews("tickets.csv", 60);
  await writeTinyModel("encoder");
});
afterAll(() => process.chdir(before));

const train = (...args: string[]) =>
  textune("train", ...args, "--model", "encoder", "--epochs", "1", "--feature-cache", "false");
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe("textune train", () => {
  it("takes a file of data in the place of a recipe, and numbers a run whose folder is in use", async () => {
    expect(await train("tickets.csv")).toMatchObject({ code: 0 });
    const second = await train("tickets.csv");
    expect(second.code).toBe(0);
    expect(second.stderr).toContain(
      "note: runs/tickets is not empty (--overwrite replaces it): this run goes to runs/tickets-2\n",
    );
    expect(JSON.parse(await readFile("runs/tickets-2/metrics.json", "utf8")).name).toBe("tickets-2");
    expect((await train("tickets.csv", "--overwrite")).stderr).not.toContain("note: runs");
    expect(await exists("runs/tickets-3")).toBe(false);
  });

  it("says that a run is unfinished before it begins another", async () => {
    await mkdir("runs/begun", { recursive: true });
    await writeFile("runs/begun/recipe.yaml", "dataset: tickets.csv\n");
    const { stderr, stdout } = await train("tickets.csv", "--name", "begun", "--quiet");
    expect(stderr).not.toContain("note:");
    expect(stdout).toBe("runs/begun-2\n");
    expect((await train("tickets.csv", "--name", "begun")).stderr).toContain(
      "unfinished run (--resume goes on",
    );
  });

  it("takes a name for the run, and refuses one that is no folder's", async () => {
    expect((await train("--dataset", "tickets.csv", "--name", "base line")).code).toBe(0);
    expect(await exists("runs/base line/report.html")).toBe(true);
    expect((await train("tickets.csv", "--name", "../away")).stderr).toMatch(
      /^error: --name: "\.\.\/away" can't/,
    );
  });

  it("refuses a folder given by --output that is in use before it reads anything", async () => {
    const { code, stderr } = await train("nowhere.csv", "--output", "encoder");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: encoder is not empty; /);
  });

  it("names the flag where there is no label column", async () => {
    await writeFile("plain.csv", "text,stars\na,1.5\nb,2.5\n");
    expect((await train("plain.csv")).stderr).toContain("--label-column NAME");
  });
});

describe("a slip in a name", () => {
  const offline = async (...args: string[]) => {
    process.env.HF_HUB_OFFLINE = "1";
    try {
      return (await textune(...args)).stderr;
    } finally {
      delete process.env.HF_HUB_OFFLINE;
    }
  };

  it("is told with the path that is there", async () => {
    expect(await offline("train", "tickts.csv")).toBe(
      'error: there is no file or folder tickts.csv; did you mean "tickets.csv"?\n',
    );
    expect(await offline("train", "--dataset", "./tickts.csv")).toContain('did you mean "./tickets.csv"?');
    await writeFile("news.yaml", "dataset: tickets.csv\n");
    expect(await offline("train", "newz.yaml")).toBe(
      'error: there is no file newz.yaml; did you mean "news.yaml"?\n',
    );
    expect(await offline("predict", "runs/tickts", "x")).toContain('did you mean "runs/tickets"?');
    expect(await offline("compare", "runs/tickts", "runs/tickets")).toContain('did you mean "runs/tickets"?');
    expect(await offline("report", "runs/tickts")).toContain('did you mean "runs/tickets"?');
    expect(await offline("trian", "tickets.csv")).toContain("Did you mean train?");
  });
});

describe("TextClassifier.fromPretrained", () => {
  it("opens the folder of a run as the command line does", async () => {
    const classifier = await TextClassifier.fromPretrained("runs/tickets");
    expect(classifier.labels).toEqual(["money", "sport"]);
  });

  it.each([
    [{ pooling: "max" }, 'pooling: "max" can\'t be used; give cls or mean'],
    [{ head: "mlp" }, 'head: "mlp" can\'t be used; give linear or huggingface'],
    [{ epoch: 3 }, 'there is no key "epoch"'],
    [{ labels: "a,b" }, "labels: "],
    [{ seed: -1 }, "seed: -1"],
  ])("refuses %j before anything is loaded", async (options, message) => {
    await expect(TextClassifier.fromPretrained("no/such-model", options as never)).rejects.toThrow(message);
  });
});
