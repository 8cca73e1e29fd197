import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { textune } from "./workspace.ts";

describe("textune completion", () => {
  it("completes commands, flags and files in bash", async () => {
    const { stdout: script, code } = await textune("completion", "bash");
    expect(code).toBe(0);
    const complete = (...words: string[]) =>
      execFileSync("bash", [
        "-c",
        `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _textune; printf '%s\\n' "\${COMPREPLY[@]}"`,
        "bash",
        ...words,
      ])
        .toString()
        .trim()
        .split("\n");
    expect(complete("textune", "tr")).toEqual(["train"]);
    expect(complete("textune", "train", "--learning")).toEqual(["--learning-rate"]);
    expect(complete("textune", "train", "package-l")).toEqual(["package-lock.json"]);
    expect(complete("textune", "data", "sus")).toEqual(["suspects"]);
  });

  it("names every command and flag for fish and zsh", async () => {
    const { stdout: fish } = await textune("completion", "fish");
    expect(fish).toMatch(/-a train -d 'Train a classifier/);
    expect(fish).toMatch(/__fish_seen_subcommand_from train' -l batch-size -d/);
    for (const line of fish.trim().split("\n")) expect(line).toMatch(/^complete -c textune -n .*'$/);
    expect((await textune("completion", "zsh")).stdout).toContain("bashcompinit");
  });
});
