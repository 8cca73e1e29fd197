import { encodeMessage, type Schema } from "../protobuf.ts";

/**
 * The part of ONNX's protobuf schema (onnx.proto, IR version 9) that a traced graph needs: message and field names
 * with their field numbers.
 */
const schema: Schema = {
  ModelProto: {
    irVersion: { type: "int64", id: 1 },
    producerName: { type: "string", id: 2 },
    producerVersion: { type: "string", id: 3 },
    graph: { type: "GraphProto", id: 7 },
    opsetImport: { rule: "repeated", type: "OperatorSetIdProto", id: 8 },
  },
  OperatorSetIdProto: { domain: { type: "string", id: 1 }, version: { type: "int64", id: 2 } },
  GraphProto: {
    node: { rule: "repeated", type: "NodeProto", id: 1 },
    name: { type: "string", id: 2 },
    initializer: { rule: "repeated", type: "TensorProto", id: 5 },
    input: { rule: "repeated", type: "ValueInfoProto", id: 11 },
    output: { rule: "repeated", type: "ValueInfoProto", id: 12 },
  },
  NodeProto: {
    input: { rule: "repeated", type: "string", id: 1 },
    output: { rule: "repeated", type: "string", id: 2 },
    name: { type: "string", id: 3 },
    opType: { type: "string", id: 4 },
    attribute: { rule: "repeated", type: "AttributeProto", id: 5 },
    domain: { type: "string", id: 7 },
  },
  AttributeProto: {
    name: { type: "string", id: 1 },
    f: { type: "float", id: 2 },
    i: { type: "int64", id: 3 },
    s: { type: "bytes", id: 4 },
    ints: { rule: "repeated", type: "int64", id: 8 },
    type: { type: "int32", id: 20 },
  },
  TensorProto: {
    dims: { rule: "repeated", type: "int64", id: 1 },
    dataType: { type: "int32", id: 2 },
    name: { type: "string", id: 8 },
    rawData: { type: "bytes", id: 9 },
  },
  ValueInfoProto: { name: { type: "string", id: 1 }, type: { type: "TypeProto", id: 2 } },
  TypeProto: { tensorType: { type: "TensorTypeProto", id: 1 } },
  TensorTypeProto: { elemType: { type: "int32", id: 1 }, shape: { type: "TensorShapeProto", id: 2 } },
  TensorShapeProto: { dim: { rule: "repeated", type: "DimensionProto", id: 1 } },
  DimensionProto: { dimValue: { type: "int64", id: 1 }, dimParam: { type: "string", id: 2 } },
};

/** ONNX attribute kinds (AttributeProto.AttributeType). */
export const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  ints?: readonly number[];
}

export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}

export interface TensorProto {
  name: string;
  dataType: number;
  dims: readonly number[];
  rawData: Uint8Array;
}

export interface ValueInfoProto {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: { dimValue?: number; dimParam?: string }[] } } };
}

export interface ModelProto {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  opsetImport: { domain: string; version: number }[];
  graph: {
    name: string;
    node: NodeProto[];
    initializer: TensorProto[];
    input: ValueInfoProto[];
    output: ValueInfoProto[];
  };
}

/** Serialises a model to the bytes of an `.onnx` file. */
export function encodeModel(model: ModelProto): Uint8Array {
  return encodeMessage(schema, "ModelProto", model);
}
