import type { Entry, ZipFile } from "yauzl";
import { ModelError } from "../../core/errors.ts";
import { readBytes, shownName, type Weight } from "../../core/models/weights.ts";
import { FileSource } from "./file-source.ts";
import { PickleError, unpickle } from "./pickle.ts";
import { type Storage, TensorView, torchScope } from "./pytorch-tensors.ts";

/**
 * Reads the floating-point tensors of a file that `torch.save` wrote of a model's `state_dict()`, f16 and bf16
 * widened to float32, f64 rounded: the zip file that PyTorch writes since 1.6, and the row of pickles that it wrote before. Python
 * would run any program that such a file holds; here nothing is run: dictionaries and tensors are read, and a file with
 * anything else in it is refused.
 *
 * @param wanted Names to read; the others cost nothing. @default all
 * @throws ModelError if the file can't be opened, is damaged or holds more than tensors, or a wanted tensor is of
 * no floating-point type.
 */
export async function readPytorchCheckpoint(
  path: string,
  wanted: (name: string) => boolean = () => true,
): Promise<Map<string, Weight>> {
  const file = await FileSource.open(path);
  try {
    const { values, locate } = await readContents(file);
    if (!(values instanceof Map)) throw new PickleError("it is no dictionary of tensors");
    const weights = new Map<string, Weight>();
    for (const [name, view] of values) {
      if (typeof name !== "string" || !(view instanceof TensorView) || !wanted(name)) continue;
      const { float, name: type } = view.storage.type;
      if (!float) throw new PickleError(`${shownName(name)} is a ${type}, not of floating-point numbers`);
      weights.set(name, {
        shape: view.shape,
        values: await view.read(file, float, await locate(view.storage)),
      });
    }
    return weights;
  } catch (cause) {
    if (!(cause instanceof PickleError)) throw cause;
    const message = `${path} is not a PyTorch checkpoint that textune can read: ${cause.message}`;
    throw new ModelError(message, { cause });
  } finally {
    await file.close();
  }
}

/** What a checkpoint's pickle holds, and where its storages are. */
interface Contents {
  values: unknown;
  /** Byte position of a storage in the file. */
  locate(storage: Storage): Promise<number>;
}

async function readContents(file: FileSource): Promise<Contents> {
  const size = file.byteLength;
  const signature = await bytesAt(file, 0, Math.min(size, 2));
  return signature.toString("latin1") === "PK" ? readArchive(file, size) : readPickles(file, size);
}

const bytesAt = async (file: FileSource, position: number, length: number): Promise<Buffer> =>
  Buffer.from((await readBytes(file, position, length)).buffer);

/** A zip file of uncompressed entries: `NAME/data.pkl` is the pickle, `NAME/data/KEY` are the storages. */
async function readArchive(file: FileSource, fileSize: number): Promise<Contents> {
  const { fromFdPromise } = await import("yauzl");
  const archive = await damaged(fromFdPromise(file.handle.fd, { autoClose: false }));
  const entries = await damaged(listEntries(archive));
  const find = async (name: string) => {
    const entry = entries.get(name);
    if (!entry) throw new PickleError(`it has no ${shownName(name)}`);
    if (entry.compressionMethod !== 0) throw new PickleError(`its ${shownName(name)} is compressed`);
    const { fileDataStart } = await damaged(archive.readLocalFileHeaderPromise(entry, { minimal: true }));
    const size = entry.uncompressedSize;
    if (fileDataStart + size > fileSize)
      throw new PickleError(`its ${shownName(name)} is longer than the file`);
    return { position: fileDataStart, size };
  };
  const read = async (name: string) => {
    const { position, size } = await find(name);
    return bytesAt(file, position, size);
  };
  if (entries.has("byteorder") && (await read("byteorder")).toString() !== "little") {
    throw new PickleError("its numbers are big-endian");
  }
  return {
    values: unpickle(await read("data.pkl"), 0, torchScope(new Map())).value,
    locate: async (storage) => {
      const { position, size } = await find(`data/${storage.key}`);
      if (size < storage.bytes) throw new PickleError(`its storage ${shownName(storage.key)} is too short`);
      return position;
    },
  };
}

/** Entries by their path below the archive's one folder. */
async function listEntries(archive: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of archive.eachEntry()) {
    entries.set(entry.fileName.slice(entry.fileName.indexOf("/") + 1), entry);
  }
  return entries;
}

async function damaged<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw new PickleError("its zip archive is damaged or cut short", { cause });
  }
}

/** The old format's pickles stand in front of all tensors, in far less than this. */
const headLimit = 2 ** 24;
const oldMagic = 0x1950a86a20f9469cfc6cn;

/**
 * The format before PyTorch 1.6: pickles of a magic number, a version, the machine's properties, the values and the
 * list of the storages' keys, and then the storages, each behind its size in elements (64 bits).
 */
async function readPickles(file: FileSource, fileSize: number): Promise<Contents> {
  const head = await bytesAt(file, 0, Math.min(fileSize, headLimit));
  const storages = new Map<string, Storage>();
  const scope = torchScope(storages);
  let position = 0;
  const next = (): unknown => {
    const { value, end } = unpickle(head, position, scope);
    position = end;
    return value;
  };
  if (next() !== oldMagic) throw new PickleError("it doesn't begin with PyTorch's magic number");
  next();
  const machine = next();
  if (!(machine instanceof Map) || machine.get("little_endian") !== true) {
    throw new PickleError("its numbers are big-endian");
  }
  const values = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new PickleError("it doesn't list its storages");
  const positions = new Map<unknown, number>();
  for (const key of keys) {
    positions.set(key, position + 8);
    position += 8 + (storages.get(key)?.bytes ?? 0);
  }
  if (position > fileSize) throw new PickleError(`it ends ${position - fileSize} bytes too early`);
  return {
    values,
    locate: async ({ key }) => {
      const found = positions.get(key);
      if (found === undefined) throw new PickleError(`it has no storage ${shownName(key)}`);
      return found;
    },
  };
}
