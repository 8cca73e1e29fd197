import { type FileHandle, open } from "node:fs/promises";
import { z } from "zod";
import { ModelError } from "../errors.ts";
import { writeFileAtomic } from "../files.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "./half-precision.ts";

/** A tensor of a checkpoint, its values row-major. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const headerLimit = 100_000_000;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const headerSchema = z.record(z.string(), z.unknown());

const floatBytes: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

/**
 * Reads the floating-point tensors of a safetensors file, f16 and bf16 widened to float32. The format: an unsigned
 * 64-bit header size, a JSON header of names with type, shape and byte range, then the data.
 *
 * @param wanted Names to read; the others cost nothing. @default all
 * @throws ModelError if the file can't be opened, is cut short or has an inconsistent header, or a wanted tensor
 * isn't f32, f16 or bf16.
 */
export async function readSafetensors(
  path: string,
  wanted: (name: string) => boolean = () => true,
): Promise<Map<string, Weight>> {
  const file = await openFile(path);
  try {
    const { entries, start } = await readHeader(file, path);
    const weights = new Map<string, Weight>();
    for (const [name, entry] of entries) {
      if (wanted(name)) weights.set(name, await readTensor(file, path, name, entry, start));
    }
    return weights;
  } finally {
    await file.close();
  }
}

type Entry = z.infer<typeof entrySchema>;

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw new ModelError(`can't open the weights ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function readHeader(file: FileHandle, path: string) {
  const damaged = (what: string, cause?: unknown) =>
    new ModelError(`${path} is not a whole safetensors file: ${what}; download or save it again`, { cause });
  const fileSize = (await file.stat()).size;
  const prefix = Buffer.alloc(8);
  if (fileSize < 8) throw damaged(`it has ${fileSize} bytes`);
  await readFully(file, prefix, 0);
  const headerSize = Number(prefix.readBigUInt64LE());
  if (headerSize > Math.min(headerLimit, fileSize - 8)) throw damaged("its header is longer than the file");
  const bytes = Buffer.alloc(headerSize);
  await readFully(file, bytes, 8);

  let header: Record<string, unknown>;
  try {
    header = headerSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw damaged("its header is not JSON", cause);
  }
  const start = 8 + headerSize;
  const entries = new Map<string, Entry>();
  let end = 0;
  for (const [name, raw] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const entry = entrySchema.safeParse(raw);
    if (!entry.success) throw damaged(`its header describes "${name}" wrongly`);
    const [from, to] = entry.data.data_offsets;
    const bytes = floatBytes[entry.data.dtype];
    const count = entry.data.shape.reduce((a, b) => a * b, 1);
    if (to < from || (bytes && to - from !== bytes * count))
      throw damaged(`the size of "${name}" doesn't fit its shape`);
    end = Math.max(end, to);
    entries.set(name, entry.data);
  }
  if (start + end > fileSize) throw damaged(`it ends ${start + end - fileSize} bytes too early`);
  return { entries, start };
}

async function readTensor(
  file: FileHandle,
  path: string,
  name: string,
  entry: Entry,
  start: number,
): Promise<Weight> {
  const { dtype, shape, data_offsets } = entry;
  const [from, to] = data_offsets;
  if (!floatBytes[dtype]) {
    throw new ModelError(`${path}: "${name}" has type ${dtype}; textune reads F32, F16 and BF16 weights`);
  }
  // A buffer of its own, so that the values are aligned whatever the header's length.
  const bytes = new Uint8Array(to - from);
  await readFully(file, bytes, start + from);
  if (dtype === "F32") return { shape, values: new Float32Array(bytes.buffer) };
  const halves = new Uint16Array(bytes.buffer);
  return { shape, values: dtype === "F16" ? float16ToFloat32(halves) : bfloat16ToFloat32(halves) };
}

async function readFully(file: FileHandle, target: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw new ModelError("the weights file shrank while it was read");
    done += bytesRead;
  }
}

/**
 * Writes float32 tensors as a safetensors file, sorted by name so that equal weights give equal bytes.
 *
 * @throws OutputError if the file can't be written; nothing is left half-written.
 */
export async function writeSafetensors(path: string, weights: ReadonlyMap<string, Weight>): Promise<void> {
  const sorted = [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  // transformers refuses files that don't say which framework's layout they follow.
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let offset = 0;
  for (const [name, { shape, values }] of sorted) {
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, " ")]);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(padded.length));
  const data = sorted.map(
    ([, { values }]) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  await writeFileAtomic(path, [prefix, padded, ...data]);
}
