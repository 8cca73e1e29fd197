import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, textune, writeNews, writeTinyModel } from "./workspace.ts";

let folder: string;
let data: string;
const small = ["hidden_size=32", "num_hidden_layers=2", "num_attention_heads=4", "intermediate_size=64"];
const sizes = small.flatMap((setting) => ["--config", setting]);

beforeAll(async () => {
  folder = await temporaryFolder();
  data = join(folder, "news.csv");
  await writeNews(data, 240);
  await writeTinyModel(join(folder, "model"));
});

describe("init", () => {
  it("learns a vocabulary and writes a model that trains", async () => {
    const model = join(folder, "learned");
    const vocabulary = ["--vocabulary-from", data, "--vocabulary-size", "60"];
    const made = await textune("init", "bert", model, ...sizes, ...vocabulary);
    expect(made.stderr).toBe("");
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(
      /^wrote .*learned: bert, 2 × 32, [\d,]+ parameters, vocabulary of (5\d|60)\n$/,
    );
    const config = JSON.parse(await readFile(join(model, "config.json"), "utf8")) as Record<string, unknown>;
    expect(config).toMatchObject({ hidden_size: 32, num_hidden_layers: 2, pad_token_id: 0 });
    expect(made.stdout).toContain(`vocabulary of ${String(config.vocab_size)}`);

    const output = join(folder, "run");
    const flags = ["--trainable", "all", "--learning-rate", "5e-3", "--epochs", "6", "--output", output];
    const trained = await textune("train", "--dataset", data, "--model", model, ...flags, "--json");
    expect(trained.code).toBe(0);
    const { evaluations } = JSON.parse(trained.stdout) as { evaluations: { report: { accuracy: number } }[] };
    expect(evaluations[0]!.report.accuracy).toBeGreaterThan(0.9);
  });

  it("takes another model's tokenizer", async () => {
    const model = join(folder, "borrowed");
    const { stdout } = await textune("init", "bert", model, ...sizes, "--tokenizer", join(folder, "model"));
    expect(stdout).toContain("vocabulary of 27");
    const read = (name: string) => readFile(join(name, "tokenizer.json"), "utf8");
    expect(await read(model)).toBe(await read(join(folder, "model")));
  });

  it("fails with one line", async () => {
    const fail = async (...args: string[]) => {
      const { code, stdout, stderr } = await textune("init", ...args);
      expect(code).toBe(1);
      expect(stdout).toBe("");
      return stderr;
    };
    const target = join(folder, "new");
    const tokenizer = ["--tokenizer", join(folder, "model")];
    expect(await fail("bert", target)).toBe(
      "error: a model needs a tokenizer: give either --tokenizer or --vocabulary-from\n",
    );
    expect(await fail("bert", target, ...tokenizer, "--vocabulary-from", data)).toContain("give either");
    expect(await fail("bert", target, ...tokenizer, "--vocabulary-size", "9")).toContain("--vocabulary-size");
    expect(await fail("gpt", target, ...tokenizer)).toContain('no architecture "gpt"');
    expect(await fail("bert", target, ...tokenizer, "--config", "layers=2")).toContain('no key "layers"');
    expect(await fail("bert", target, ...tokenizer, "--config", "hidden_size")).toContain("key=value");
    expect(await fail("bert", target, "--tokenizer", folder)).toContain("tokenizer.json");
    expect(await fail("bert", folder, ...sizes, ...tokenizer)).toContain("is not empty");
  });
});

describe("train --from-scratch", () => {
  const train = (output: string, ...flags: string[]) =>
    textune(
      ...["train", "--dataset", data, "--model", join(folder, "model")],
      ...["--epochs", "1", "--output", join(folder, output), "--json", ...flags],
    );

  it("trains the model's architecture without its weights, and compare sets both side by side", async () => {
    expect((await train("pretrained", "--trainable", "all")).code).toBe(0);
    const scratch = await train("scratch", "--trainable", "all", "--from-scratch");
    expect(scratch.stderr).not.toContain("error");
    expect((JSON.parse(scratch.stdout) as { model: { name: string } }).model.name).toBe(
      `${join(folder, "model")} (from scratch)`,
    );
    const runs = [join(folder, "pretrained"), join(folder, "scratch")];
    const { stdout } = await textune("compare", ...runs, "--output", join(folder, "both"), "--json");
    expect((JSON.parse(stdout) as { differences: unknown }).differences).toEqual([
      { key: "fromScratch", values: [false, true] },
    ]);
  });

  it("refuses to train a head alone on random features", async () => {
    const { code, stderr } = await train("refused", "--from-scratch", "--trainable", "head");
    expect(code).toBe(1);
    expect(stderr).toContain("give trainable: all");
  });
});
