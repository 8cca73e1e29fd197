import { join } from "node:path";
import { modelFiles } from "../../core/classifier/model-files.ts";
import type { ClassifierState } from "../../core/classifier/state.ts";
import { writeFileAtomic } from "../files.ts";

/** Writes a classifier in Hugging Face's layout. @throws OutputError */
export async function saveModel(state: ClassifierState, folder: string): Promise<void> {
  for (const [name, content] of modelFiles(state)) await writeFileAtomic(join(folder, name), content);
}
