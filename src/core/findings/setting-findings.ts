import type { Finding } from "../training/run-record.ts";

/** The settings that are checked before training. */
export interface CheckedSettings {
  /** What is trained: a head on a frozen encoder, (parts of) a pretrained encoder, or a model from random weights. */
  kind: "head" | "encoder" | "scratch";
  /** false for random weights. */
  pretrained: boolean;
  learningRate: number;
  attentionMask: boolean;
  /** The split whose score decides which epoch is kept or when to stop; undefined where none does. */
  decidingSplit?: string | undefined;
}

/** Learning rates that are usual for Adam, and how they are called. */
const usualRates: Record<
  CheckedSettings["kind"],
  { low: number; high: number; what: string; usual: string }
> = {
  head: { low: 1e-4, high: 1e-1, what: "a head on a frozen encoder", usual: "1e-3" },
  encoder: { low: 1e-6, high: 5e-4, what: "a pretrained encoder", usual: "2e-5 to 5e-5" },
  scratch: { low: 1e-6, high: 1e-2, what: "a model from random weights", usual: "1e-4 to 1e-3" },
};

/** Checks how a run is about to be trained. */
export function settingFindings(settings: CheckedSettings): Finding[] {
  const checks = [randomEncoder, learningRateFarOff, testDecides, noAttentionMask];
  return checks.map((check) => check(settings)).filter((finding) => finding !== undefined);
}

/** A head is trained on an encoder that never was. */
export function randomEncoder({ kind, pretrained }: CheckedSettings): Finding | undefined {
  if (kind !== "head" || pretrained) return undefined;
  return {
    code: "random-encoder",
    severity: "warning",
    found: "The head is all that is trained, and the encoder under it has random weights.",
    why: "Random features say little about a text, and they stay as they are.",
    advice: "Give trainable: all, or take a pretrained model.",
  };
}

/** A learning rate far from what is usual for what is trained. */
export function learningRateFarOff({ kind, learningRate }: CheckedSettings): Finding | undefined {
  const { low, high, what, usual } = usualRates[kind];
  if (learningRate >= low && learningRate <= high) return undefined;
  return {
    code: "learning-rate",
    severity: "warning",
    found: `The learning rate ${learningRate} is far from what is usual for ${what} (${usual}).`,
    why:
      learningRate > high
        ? "Steps that large undo what was learnt: the loss jumps or the model answers one class for everything."
        : "Steps that small hardly change anything: the loss will stay where it starts.",
    advice: `Start from ${usual}, or leave learningRate out.`,
  };
}

/** A split is for testing if its name begins so. */
export const isTestSplit = (name: string): boolean => /^test/i.test(name);

/** The test split decides which epoch counts. */
export function testDecides({ decidingSplit }: CheckedSettings): Finding | undefined {
  if (decidingSplit === undefined || !isTestSplit(decidingSplit)) return undefined;
  return {
    code: "test-split-decides",
    severity: "warning",
    found: `The score on ${decidingSplit} decides which epoch is kept.`,
    why: "The best of several scores on the test split is too high by chance: it is no longer a test on unseen rows.",
    advice:
      "Hold out a validation split for that (trainTestSplit), and score the test split once, at the end.",
  };
}

/** Padding takes part in attention. */
export function noAttentionMask({ attentionMask }: CheckedSettings): Finding | undefined {
  if (attentionMask) return undefined;
  return {
    code: "no-attention-mask",
    severity: "warning",
    found: "Padding takes part in attention (attentionMask: false).",
    why: "What the model says of a text then depends on the texts it is batched with.",
    advice: "Leave attentionMask on; off, it serves to show the mistake.",
  };
}
