import { stat } from "node:fs/promises";
import { join } from "node:path";

/** The model of a run's folder; any other name or folder is the model itself. */
export async function modelFolder(nameOrFolder: string): Promise<string> {
  const inside = join(nameOrFolder, "model");
  const config = await stat(join(inside, "config.json")).catch(() => undefined);
  return config?.isFile() ? inside : nameOrFolder;
}
