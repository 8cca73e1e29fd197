import protobuf from "protobufjs/minimal.js";

/** A field of a message: its number, its type (a scalar or the name of a message) and its value where it is missing. */
export interface Field {
  id: number;
  type: string;
  rule?: "repeated";
  default?: unknown;
}

/** Messages by name, their fields in the order of their numbers. */
export type Schema = Readonly<Record<string, Readonly<Record<string, Field>>>>;

interface Scalar {
  wireType: number;
  write(writer: protobuf.Writer, value: never): void;
  read(reader: protobuf.Reader): unknown;
  /** Where the schema has none. */
  missing: () => unknown;
}

const scalars: Readonly<Record<string, Scalar>> = {
  int32: {
    wireType: 0,
    write: (writer, value: number) => writer.int32(value),
    read: (reader) => reader.int32(),
    missing: () => 0,
  },
  int64: {
    wireType: 0,
    write: (writer, value: number) => writer.int64(value),
    read: (reader) => Number(reader.int64()),
    missing: () => 0,
  },
  float: {
    wireType: 5,
    write: (writer, value: number) => writer.float(value),
    read: (reader) => reader.float(),
    missing: () => 0,
  },
  string: {
    wireType: 2,
    write: (writer, value: string) => writer.string(value),
    read: (reader) => reader.string(),
    missing: () => "",
  },
  bytes: {
    wireType: 2,
    write: (writer, value: Uint8Array) => writer.bytes(value),
    read: (reader) => reader.bytes(),
    missing: () => new Uint8Array(0),
  },
};

/**
 * Writes a message. protobufjs' own schemas compile to code, which a page whose policy has no `unsafe-eval` can't run;
 * its reader and writer alone can.
 */
export function encodeMessage(schema: Schema, type: string, message: object): Uint8Array {
  const writer = protobuf.Writer.create();
  write(schema, type, message, writer);
  return writer.finish();
}

function write(schema: Schema, type: string, message: object, writer: protobuf.Writer): void {
  for (const [name, field] of Object.entries(schema[type]!)) {
    const value = (message as Record<string, unknown>)[name];
    if (value === undefined) continue;
    const scalar = scalars[field.type];
    if (field.rule === undefined && scalar && isMissing(scalar, value)) continue;
    for (const item of field.rule === "repeated" ? (value as Iterable<unknown>) : [value]) {
      writer.uint32(((field.id << 3) | (scalar?.wireType ?? 2)) >>> 0);
      if (scalar) scalar.write(writer, item as never);
      else {
        writer.fork();
        write(schema, field.type, item as object, writer);
        writer.ldelim();
      }
    }
  }
}

/** Whether a value is that of a field that isn't there, as proto3 leaves it out. */
function isMissing(scalar: Scalar, value: unknown): boolean {
  return value instanceof Uint8Array ? value.length === 0 : value === scalar.missing();
}

/**
 * Reads a message. Fields that the schema doesn't have are passed over; missing ones have their default, except for
 * messages, which are undefined.
 *
 * @throws RangeError, Error if the bytes end too early or make no message.
 */
export function decodeMessage(schema: Schema, type: string, bytes: Uint8Array): Record<string, unknown> {
  const reader = protobuf.Reader.create(bytes);
  return read(schema, type, reader, reader.len);
}

function read(schema: Schema, type: string, reader: protobuf.Reader, end: number): Record<string, unknown> {
  const fields = Object.entries(schema[type]!);
  const byId = new Map(fields.map(([name, field]) => [field.id, { name, ...field }]));
  const message: Record<string, unknown> = {};
  for (const [name, field] of fields) {
    message[name] =
      field.rule === "repeated" ? [] : (field.default ?? scalars[field.type]?.missing() ?? undefined);
  }
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = byId.get(tag >>> 3);
    const scalar = field && scalars[field.type];
    if (!field || (tag & 7) !== (scalar?.wireType ?? 2)) {
      reader.skipType(tag & 7);
      continue;
    }
    let value: unknown;
    if (scalar) value = scalar.read(reader);
    else {
      const length = reader.uint32();
      if (reader.pos + length > end) throw new RangeError("a part is longer than the whole");
      value = read(schema, field.type, reader, reader.pos + length);
    }
    if (field.rule === "repeated") (message[field.name] as unknown[]).push(value);
    else message[field.name] = value;
  }
  if (reader.pos !== end) throw new RangeError("a field is longer than its message");
  return message;
}
