import { ModelError } from "../errors.ts";

/** A part of `tokenizer.json`: its type and settings. */
export type PartJson = { type: string } & Record<string, unknown>;

/** Sequences in sequences; no tokenizer needs more. */
export const MAX_DEPTH = 20;

/** @throws ModelError if it is no object with a type. */
export function readPart(json: unknown, role: string, depth: number): PartJson {
  if (depth > MAX_DEPTH) throw new ModelError(`${role}s are nested more than ${MAX_DEPTH} deep`);
  const type = (json as { type?: unknown } | null)?.type;
  if (typeof type !== "string") throw new ModelError(`a ${role} is damaged: it has no type`);
  return json as PartJson;
}

/** The steps of a sequence. @throws ModelError */
export function readSteps(json: PartJson, name: string): unknown[] {
  const steps = json[name];
  if (!Array.isArray(steps)) throw new ModelError(`Sequence is damaged: ${name} must be a list`);
  return steps;
}

/** @throws ModelError if it is missing and has no default, or no text. */
export function readText(json: PartJson, name: string, preset?: string): string {
  const value = json[name] ?? preset;
  if (typeof value !== "string") throw damaged(json, name, "must be a text");
  return value;
}

/** One character, of one or two UTF-16 units. @throws ModelError */
export function readCharacter(json: PartJson, name: string, preset?: string): string {
  const value = readText(json, name, preset);
  if (Array.from(value).length !== 1) throw damaged(json, name, "must be one character");
  return value;
}

/** @throws ModelError if it is missing and has no default, or neither true nor false. */
export function readSwitch(json: PartJson, name: string, preset?: boolean): boolean {
  const value = json[name] ?? preset;
  if (typeof value !== "boolean") throw damaged(json, name, "must be true or false");
  return value;
}

/** A whole number from `least` up. @throws ModelError */
export function readCount(json: PartJson, name: string, least: number, preset?: number): number {
  const value = json[name] ?? preset;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
    throw damaged(json, name, `must be a whole number from ${least} up`);
  }
  return value;
}

/** @throws ModelError if it is missing and has no default, or none of the choices. */
export function readChoice<T extends string>(
  json: PartJson,
  name: string,
  choices: readonly T[],
  preset?: T,
): T {
  const value = json[name] ?? preset;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw damaged(json, name, `must be ${choices.join(", ")}`);
  return found;
}

/** @throws ModelError always. */
export function refusedType(json: PartJson, role: string, known: readonly string[]): never {
  const type = json.type.length > 40 ? `${json.type.slice(0, 40)}…` : json.type;
  throw new ModelError(`${role} ${JSON.stringify(type)} is not supported: expected ${known.join(", ")}`);
}

function damaged(json: PartJson, name: string, what: string): ModelError {
  return new ModelError(`${json.type} is damaged: ${name} ${what}`);
}
