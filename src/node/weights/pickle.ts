/** A pickle that is damaged, or that holds more than plain data and the globals it may use. */
export class PickleError extends Error {}

/** A function that a pickle may call, by the list of its arguments: there may be millions. */
export type PickleFunction = (args: readonly unknown[]) => unknown;

/** What a pickle may refer to. Nothing else is ever looked up, and nothing but these functions called. */
export interface PickleScope {
  /** The meaning of a Python global, `module name`: a `PickleFunction`, or any other value; else undefined. */
  global(name: string): unknown;
  /** The object that a persistent id stands for. */
  persistent(id: unknown): unknown;
}

/** Marks where the items of a tuple, list or dictionary begin. */
const mark = Symbol("mark");

/**
 * Reads one Python pickle of protocol 2, which is what PyTorch writes: numbers, strings, booleans, None, tuples and
 * lists (arrays), dictionaries (maps), and calls of the scope's functions. Opcodes of other protocols and those that
 * make objects of classes are refused. Facts from CPython's `pickletools.py`.
 *
 * @returns The value, and where the pickle ends.
 * @throws PickleError
 */
export function unpickle(bytes: Buffer, start: number, scope: PickleScope): { value: unknown; end: number } {
  const reader = new ByteReader(bytes, start);
  const machine = new Machine(scope);
  for (;;) {
    const code = reader.byte();
    if (code === stop) return { value: machine.pop(), end: reader.position };
    const opcode = opcodes[code];
    if (!opcode) throw new PickleError(`opcode 0x${code.toString(16)} at byte ${reader.position - 1}`);
    opcode(machine, reader);
  }
}

class ByteReader {
  private readonly bytes: Buffer;
  position: number;

  constructor(bytes: Buffer, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  take(count: number): Buffer {
    const end = this.position + count;
    if (end > this.bytes.length) throw new PickleError("it ends too early");
    const taken = this.bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }

  line(): string {
    const end = this.bytes.indexOf("\n", this.position);
    if (end < 0) throw new PickleError("it ends too early");
    const text = this.bytes.toString("utf8", this.position, end);
    this.position = end + 1;
    return text;
  }
}

/** The pickle machine's stack and memo. */
class Machine {
  readonly scope: PickleScope;
  private readonly stack: unknown[] = [];
  private readonly memo = new Map<number, unknown>();

  constructor(scope: PickleScope) {
    this.scope = scope;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length === 0) throw new PickleError("its stack is empty");
    const value = this.stack.pop();
    if (value === mark) throw new PickleError("a mark stands where a value should");
    return value;
  }

  /** Takes the last `count` values, in the order they were pushed. */
  popTuple(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** Takes the values back to the last mark. */
  popMarked(): unknown[] {
    const at = this.stack.lastIndexOf(mark);
    if (at < 0) throw new PickleError("a mark is missing");
    const [, ...values] = this.stack.splice(at);
    return values;
  }

  /** The value on top, of the class that an opcode needs there. */
  top<T>(kind: new (...args: never[]) => T, what: string): T {
    const value = this.stack.at(-1);
    if (!(value instanceof kind)) throw new PickleError(`no ${what} stands where one should`);
    return value;
  }

  remember(index: number): void {
    this.memo.set(index, this.stack.at(-1));
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw new PickleError(`memo ${index} is empty`);
    this.push(this.memo.get(index));
  }

  setItems(items: readonly unknown[]): void {
    const target = this.top(Map, "dictionary");
    for (let i = 0; i + 1 < items.length; i += 2) target.set(items[i], items[i + 1]);
  }

  global(name: string): void {
    const value = this.scope.global(name);
    if (value === undefined) throw new PickleError(`it uses Python's ${name.slice(0, 100)}`);
    this.push(value);
  }

  reduce(): void {
    const [callable, args] = this.popTuple(2);
    if (typeof callable !== "function" || !Array.isArray(args)) {
      throw new PickleError("it calls something that is no function");
    }
    this.push((callable as PickleFunction)(args));
  }
}

type Opcode = (machine: Machine, reader: ByteReader) => void;

const stop = 0x2e;

/** Opcode byte → what it does. The names are those of CPython's `pickletools`. */
const opcodes: Readonly<Record<number, Opcode>> = {
  128: (_, r) => {
    const protocol = r.byte(); // PROTO
    if (protocol > 2) throw new PickleError(`it has protocol ${protocol}, not 2`);
  },
  40: (m) => m.push(mark), // MARK
  78: (m) => m.push(null), // NONE
  136: (m) => m.push(true), // NEWTRUE
  137: (m) => m.push(false), // NEWFALSE
  75: (m, r) => m.push(r.byte()), // BININT1
  77: (m, r) => m.push(r.take(2).readUInt16LE()), // BININT2
  74: (m, r) => m.push(r.take(4).readInt32LE()), // BININT
  138: (m, r) => m.push(longInteger(r.take(r.byte()))), // LONG1
  71: (m, r) => m.push(r.take(8).readDoubleBE()), // BINFLOAT
  88: (m, r) => m.push(r.take(r.take(4).readUInt32LE()).toString("utf8")), // BINUNICODE
  41: (m) => m.push([]), // EMPTY_TUPLE
  133: (m) => m.push(m.popTuple(1)), // TUPLE1
  134: (m) => m.push(m.popTuple(2)), // TUPLE2
  135: (m) => m.push(m.popTuple(3)), // TUPLE3
  116: (m) => m.push(m.popMarked()), // TUPLE
  93: (m) => m.push([]), // EMPTY_LIST
  97: (m) => append(m, m.popTuple(1)), // APPEND
  101: (m) => append(m, m.popMarked()), // APPENDS
  125: (m) => m.push(new Map()), // EMPTY_DICT
  115: (m) => m.setItems(m.popTuple(2)), // SETITEM
  117: (m) => m.setItems(m.popMarked()), // SETITEMS
  113: (m, r) => m.remember(r.byte()), // BINPUT
  114: (m, r) => m.remember(r.take(4).readUInt32LE()), // LONG_BINPUT
  104: (m, r) => m.recall(r.byte()), // BINGET
  106: (m, r) => m.recall(r.take(4).readUInt32LE()), // LONG_BINGET
  99: (m, r) => m.global(`${r.line()} ${r.line()}`), // GLOBAL
  81: (m) => m.push(m.scope.persistent(m.pop())), // BINPERSID
  82: (m) => m.reduce(), // REDUCE
  98: (m) => void m.pop(), // BUILD: attributes of a dictionary, such as the versions of its modules
};

function append(machine: Machine, items: readonly unknown[]): void {
  const list = machine.top<unknown[]>(Array, "list");
  for (const item of items) list.push(item);
}

/** A two's complement little-endian integer: a number where it is exact, else a bigint. */
function longInteger(bytes: Buffer): number | bigint {
  let value = 0n;
  for (const byte of [...bytes].reverse()) value = (value << 8n) | BigInt(byte);
  const exact = BigInt.asIntN(bytes.length * 8, value);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}
