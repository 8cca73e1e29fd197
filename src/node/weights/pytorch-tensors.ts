import { z } from "zod";
import {
  type ByteSource,
  type FloatType,
  floatBytes,
  mostAxes,
  readFloats,
  shownName,
} from "../../core/models/weights.ts";
import { PickleError, type PickleFunction, type PickleScope } from "./pickle.ts";

/** Elements that stand in a row in a checkpoint, of which tensors are views. */
export class Storage {
  readonly type: StorageType;
  readonly key: string;
  /** In elements. */
  readonly count: number;

  constructor(type: StorageType, key: string, count: number) {
    this.type = type;
    this.key = key;
    this.count = count;
  }

  get bytes(): number {
    return this.count * this.type.bytes;
  }
}

/** A class of `torch` that a storage can have. */
class StorageType {
  readonly name: string;
  /** Of one element. */
  readonly bytes: number;
  /** How weights of this type are read; none for integers. */
  readonly float: FloatType | undefined;

  constructor(name: string, bytes: number, float?: FloatType) {
    this.name = name;
    this.bytes = bytes;
    this.float = float;
  }
}

const storageTypes = [
  new StorageType("FloatStorage", 4, "F32"),
  new StorageType("HalfStorage", 2, "F16"),
  new StorageType("BFloat16Storage", 2, "BF16"),
  new StorageType("DoubleStorage", 8, "F64"),
  new StorageType("LongStorage", 8),
  new StorageType("IntStorage", 4),
  new StorageType("ShortStorage", 2),
  new StorageType("CharStorage", 1),
  new StorageType("ByteStorage", 1),
  new StorageType("BoolStorage", 1),
];

/** A tensor as it is pickled: element [i, j, …] is number offset + i·strides[0] + j·strides[1] + … of its storage. */
export class TensorView {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
    const fits = shape.length === strides.length && this.count <= storage.count;
    if (!fits || (this.count > 0 && offset + this.span > storage.count)) {
      throw new PickleError(`a tensor reaches beyond its storage ${shownName(storage.key)}`);
    }
  }

  get count(): number {
    return this.shape.reduce((a, b) => a * b, 1);
  }

  /** From its first element to its last. */
  private get span(): number {
    return this.shape.reduce((last, size, i) => last + (size - 1) * this.strides[i]!, 1);
  }

  /** Its values in row-major order. @param start Byte position of its storage in the file. */
  async read(file: ByteSource, float: FloatType, start: number): Promise<Float32Array> {
    if (this.count === 0) return new Float32Array();
    const values = await readFloats(file, float, this.span, start + this.offset * floatBytes[float]);
    return this.isRowMajor() ? values : this.gather(values);
  }

  private isRowMajor(): boolean {
    let expected = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      if (this.shape[axis] !== 1 && this.strides[axis] !== expected) return false;
      expected *= this.shape[axis]!;
    }
    return true;
  }

  private gather(values: Float32Array): Float32Array {
    const gathered = new Float32Array(this.count);
    let next = 0;
    const copy = (axis: number, from: number): void => {
      if (axis === this.shape.length) {
        gathered[next++] = values[from]!;
        return;
      }
      for (let i = 0; i < this.shape[axis]!; i++) copy(axis + 1, from + i * this.strides[axis]!);
    };
    copy(0, 0);
    return gathered;
  }
}

const whole = z.number().int().nonnegative();
const tensorArguments = z
  .tuple([z.instanceof(Storage), whole, z.array(whole).max(mostAxes), z.array(whole).max(mostAxes)])
  .rest(z.unknown());
const storageId = z
  .tuple([z.literal("storage"), z.instanceof(StorageType), z.string(), z.string(), whole])
  // The old format's sixth field would make the storage a part of another one.
  .rest(z.null());

function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new PickleError(`it describes ${what} wrongly`);
  return result.data;
}

const callables: Readonly<Record<string, PickleFunction>> = {
  "collections OrderedDict": () => new Map(),
  "torch._utils _rebuild_tensor_v2": (args) => {
    const [storage, offset, shape, strides] = check(tensorArguments, args, "a tensor");
    return new TensorView(storage, offset, shape, strides);
  },
  "torch._utils _rebuild_parameter": ([tensor]) => tensor,
};

const globals: Readonly<Record<string, unknown>> = {
  ...callables,
  ...Object.fromEntries(storageTypes.map((type) => [`torch ${type.name}`, type])),
};

/** All that a checkpoint of weights may use of Python. Storages are collected by key as they are met. */
export function torchScope(storages: Map<string, Storage>): PickleScope {
  return {
    global: (name) => (Object.hasOwn(globals, name) ? globals[name] : undefined),
    persistent: (id) => {
      const [, type, key, , count] = check(storageId, id, "a storage");
      const storage = new Storage(type, key, count);
      storages.set(key, storage);
      return storage;
    },
  };
}
