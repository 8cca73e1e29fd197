import { unzip, Zip, ZipPassThrough } from "fflate";
import type { FileContent } from "../core/classifier/model-files.ts";
import { ModelError } from "../core/errors.ts";

/** Files as one zip. Nothing is compressed: weights hardly get smaller. */
export function zipOf(files: ReadonlyMap<string, FileContent>): Blob {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    pieces.push(piece as Uint8Array<ArrayBuffer>);
  });
  for (const [name, content] of files) {
    const entry = new ZipPassThrough(name);
    zip.add(entry);
    const parts = typeof content === "string" ? [new TextEncoder().encode(content)] : content;
    for (const part of parts) entry.push(part);
    entry.push(new Uint8Array(0), true);
  }
  zip.end();
  return new Blob(pieces, { type: "application/zip" });
}

/** The files of a zip by their paths in it. @throws ModelError if it is damaged */
export async function unzipFiles(blob: Blob, name: string): Promise<Map<string, Blob>> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const entries = await new Promise<Record<string, Uint8Array>>((resolve, reject) =>
    unzip(bytes, (cause, files) =>
      cause
        ? reject(new ModelError(`${name} is no zip of a model, or is damaged: ${cause.message}`, { cause }))
        : resolve(files),
    ),
  );
  const files = new Map<string, Blob>();
  for (const [path, content] of Object.entries(entries)) {
    if (!path.endsWith("/")) files.set(path, new Blob([content as Uint8Array<ArrayBuffer>]));
  }
  return files;
}
