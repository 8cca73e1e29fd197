import { ConfigError } from "../core/errors.ts";

/**
 * Where a model is: a name on the Hugging Face hub; the address of a folder with its files; the files themselves, as
 * `File`s of an `<input webkitdirectory>` or by name; or a zip of them, as `save` makes it.
 */
export type ModelSource =
  | string
  | URL
  | Blob
  | Iterable<File>
  | ReadonlyMap<string, Blob | Uint8Array<ArrayBuffer> | string>;

/** The same as data that a worker can be sent. */
export type SourceMessage =
  | { kind: "hub"; name: string }
  | { kind: "address"; url: string }
  | { kind: "zip"; name: string; blob: Blob }
  | { kind: "files"; name: string; files: ReadonlyMap<string, Blob> };

/** @throws ConfigError where it is nothing that a model can be loaded from. */
export function sourceMessage(source: ModelSource): SourceMessage {
  if (typeof source === "string") {
    // A name on the hub has no scheme, and doesn't begin with a slash or a dot.
    if (!/^([a-z]+:|\/|\.\.?\/)/i.test(source)) return { kind: "hub", name: source };
    return { kind: "address", url: new URL(source, globalThis.location.href).href };
  }
  if (source instanceof URL) return { kind: "address", url: source.href };
  if (source instanceof Blob) {
    return { kind: "zip", name: source instanceof File ? source.name : "the zip", blob: source };
  }
  const files = new Map<string, Blob>();
  if (source instanceof Map) {
    for (const [name, content] of source as ReadonlyMap<string, Blob | Uint8Array<ArrayBuffer> | string>) {
      files.set(name, content instanceof Blob ? content : new Blob([content]));
    }
    return { kind: "files", name: "the model", files };
  }
  if (typeof (source as Iterable<File> | undefined)?.[Symbol.iterator] !== "function") {
    throw new ConfigError("give the model's name on the hub, the address of its folder, its files, or a zip");
  }
  let folder = "the model";
  for (const file of source as Iterable<File>) {
    const path = file.webkitRelativePath;
    files.set(path === "" ? file.name : path, file);
    if (path !== "") folder = path.slice(0, path.indexOf("/"));
  }
  return { kind: "files", name: folder, files };
}
