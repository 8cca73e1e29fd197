import { stat } from "node:fs/promises";
import { join } from "node:path";

/** Where a run's folder keeps its model. */
export const MODEL_FOLDER = "model";

/** The model of a run's folder; any other name or folder is the model itself. */
export async function modelFolder(nameOrFolder: string): Promise<string> {
  const inside = join(nameOrFolder, MODEL_FOLDER);
  const config = await stat(join(inside, "config.json")).catch(() => undefined);
  return config?.isFile() ? inside : nameOrFolder;
}
