import { z } from "zod";
import { ModelError } from "../errors.ts";
import { bytesOf } from "../hash.ts";
import {
  type ByteSource,
  type FloatType,
  floatBytes,
  mostAxes,
  readBytes,
  readFloats,
  shownName,
  type Weight,
} from "./weights.ts";

const headerLimit = 100_000_000;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()).max(mostAxes),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const headerSchema = z.record(z.string(), z.unknown());

const isFloat = (dtype: string): dtype is FloatType => Object.hasOwn(floatBytes, dtype);

/**
 * Reads the floating-point tensors of a safetensors file, f16 and bf16 widened to float32, f64 rounded. The format: an unsigned
 * 64-bit header size, a JSON header of names with type, shape and byte range, then the data.
 *
 * @param path How messages call the file.
 * @param wanted Names to read; the others cost nothing. @default all
 * @throws ModelError if the file is cut short or has an inconsistent header, or a wanted tensor
 * is of no floating-point type.
 */
export async function readSafetensors(
  source: ByteSource,
  path: string,
  wanted: (name: string) => boolean = () => true,
): Promise<Map<string, Weight>> {
  const { entries, start } = await readHeader(source, path);
  const weights = new Map<string, Weight>();
  for (const [name, entry] of entries) {
    if (wanted(name)) weights.set(name, await readTensor(source, path, name, entry, start));
  }
  return weights;
}

type Entry = z.infer<typeof entrySchema>;

async function readHeader(source: ByteSource, path: string) {
  const damaged = (what: string, cause?: unknown) =>
    new ModelError(`${path} is not a whole safetensors file: ${what}; download or save it again`, { cause });
  const fileSize = source.byteLength;
  if (fileSize < 8) throw damaged(`it has ${fileSize} bytes`);
  const prefix = await readBytes(source, 0, 8);
  const headerSize = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (headerSize > fileSize - 8) throw damaged("its header is longer than the file");
  if (headerSize > headerLimit) throw damaged(`its header has ${headerSize} bytes`);
  const bytes = await readBytes(source, 8, headerSize);

  let header: Record<string, unknown>;
  try {
    header = headerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw damaged("its header is not JSON", cause);
  }
  const start = 8 + headerSize;
  const entries = new Map<string, Entry>();
  let end = 0;
  let total = 0;
  for (const [name, raw] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const entry = entrySchema.safeParse(raw);
    if (!entry.success) throw damaged(`its header describes ${shownName(name)} wrongly`);
    const [from, to] = entry.data.data_offsets;
    const { dtype, shape } = entry.data;
    const count = shape.reduce((a, b) => a * b, 1);
    if (to < from || (isFloat(dtype) && to - from !== floatBytes[dtype] * count))
      throw damaged(`the size of ${shownName(name)} doesn't fit its shape`);
    end = Math.max(end, to);
    total += to - from;
    entries.set(name, entry.data);
  }
  if (total > end) throw damaged("its tensors overlap");
  if (start + end > fileSize) throw damaged(`it ends ${start + end - fileSize} bytes too early`);
  return { entries, start };
}

async function readTensor(
  source: ByteSource,
  path: string,
  name: string,
  entry: Entry,
  start: number,
): Promise<Weight> {
  const { dtype, shape, data_offsets } = entry;
  if (!isFloat(dtype)) {
    throw new ModelError(
      `${path}: ${shownName(name)} has type ${shownName(dtype).slice(1, -1)}; textune reads F64, F32, F16 and BF16 weights`,
    );
  }
  const [from, to] = data_offsets;
  const values = await readFloats(source, dtype, (to - from) / floatBytes[dtype], start + from);
  return { shape, values };
}

/**
 * Float32 tensors as a safetensors file, in pieces to be written one after the other: sorted by name, so that equal
 * weights give equal bytes.
 */
export function safetensorsPieces(weights: ReadonlyMap<string, Weight>): Uint8Array[] {
  const sorted = [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  // transformers refuses files that don't say which framework's layout they follow.
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let offset = 0;
  for (const [name, { shape, values }] of sorted) {
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(padded.length), true);
  return [prefix, padded, ...sorted.map(([, { values }]) => bytesOf(values))];
}
