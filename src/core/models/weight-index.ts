import { z } from "zod";
import { ModelError } from "../errors.ts";

/** Of `model.safetensors.index.json` and `pytorch_model.bin.index.json`: the file of each parameter. */
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string().regex(/^[\w.-]+$/)) });

/**
 * Names of the files that an index of weights lists, sorted.
 *
 * @param index What the index holds, parsed.
 * @param path How the message calls it.
 * @throws ModelError if it lists no files.
 */
export function shardNames(index: unknown, path: string): string[] {
  const parsed = indexSchema.safeParse(index);
  if (!parsed.success) throw new ModelError(`${path} doesn't list files of weights by name`);
  return [...new Set(Object.values(parsed.data.weight_map))].sort();
}
