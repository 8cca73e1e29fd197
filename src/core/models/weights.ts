import { ModelError } from "../errors.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "./half-precision.ts";

/** A tensor of a checkpoint, its values row-major. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A name out of a file, for a message: it may be of any length. */
export const shownName = (name: string): string =>
  JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);

/** Parameter values by Hugging Face name, row-major. */
export type Weights = Map<string, Weight>;

/** Bytes that are somewhere: in a file, a `Blob`, memory, behind an address. */
export interface ByteSource {
  readonly byteLength: number;
  /** The bytes from `start` to before `end`, in a buffer of their own. */
  slice(start: number, end: number): Promise<ArrayBuffer>;
}

/** One of the files that hold a model's weights. */
export interface WeightFile {
  /** How messages call it. */
  readonly path: string;
  /**
   * Its floating-point tensors by name, widened to float32.
   *
   * @param wanted Names to read; the others cost nothing.
   * @throws ModelError if the file is damaged or a wanted tensor isn't of a supported type.
   */
  read(wanted: (name: string) => boolean): Promise<Map<string, Weight>>;
}

/** Element types of weights, as safetensors names them. */
export type FloatType = "F64" | "F32" | "F16" | "BF16";

/** Bytes of an element. */
export const floatBytes: Readonly<Record<FloatType, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/** Reads `length` bytes from `position` on. @throws ModelError if the source ends before. */
export async function readBytes(
  source: ByteSource,
  position: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await source.slice(position, position + length));
  if (bytes.length < length) throw new ModelError("the weights file shrank while it was read");
  return bytes;
}

/** More axes than any tensor has: a damaged or hostile shape. */
export const mostAxes = 64;

/** Reads `count` little-endian elements, 16-bit ones widened, 64-bit ones rounded as PyTorch casts them. @throws ModelError if the source ends before. */
export async function readFloats(
  source: ByteSource,
  type: FloatType,
  count: number,
  position: number,
): Promise<Float32Array> {
  const { buffer } = await readBytes(source, position, count * floatBytes[type]);
  if (type === "F64") return new Float32Array(new Float64Array(buffer));
  if (type === "F32") return new Float32Array(buffer);
  const halves = new Uint16Array(buffer);
  return type === "F16" ? float16ToFloat32(halves) : bfloat16ToFloat32(halves);
}
