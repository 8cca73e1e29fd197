import { z } from "zod";
import { ModelError } from "../errors.ts";

/** Checks a model's `config.json` against its architecture's schema. @throws ModelError naming the keys at fault. */
export function parseModelConfig<T>(schema: z.ZodType<T>, config: unknown, modelType: string): T {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join(".") || "config"}: ${issue.message}`);
  throw new ModelError(
    `config.json is not a ${modelType} configuration textune can run: ${faults.join("; ")}`,
  );
}

/** Refuses heads of unequal size. @throws ModelError */
export function checkHeads(hiddenSize: number, heads: number): void {
  if (hiddenSize % heads === 0) return;
  throw new ModelError(`config.json: a hidden size of ${hiddenSize} can't be split among ${heads} heads`);
}

/** A positive whole number, as all sizes are. */
export const size = z.number().int().positive();
/** A dropout rate. */
export const rate = z.number().min(0).lt(1);
/** Exact GELU, the only activation of the supported encoders' published checkpoints. */
export const geluActivation = z.literal("gelu");
