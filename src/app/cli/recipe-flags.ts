import { type Command, InvalidArgumentError, Option } from "commander";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { type RecipeInput, recipeSchema } from "../recipes/recipe.ts";

/**
 * Adds every key of a recipe as a flag in kebab-case: `--batch-size 64`, `--truncation false`, `--overwrite`.
 *
 * @param except Keys that the command doesn't take, or means something else by.
 */
export function addRecipeFlags(command: Command, except: readonly (keyof RecipeInput)[] = []): Command {
  for (const [key, schema] of Object.entries(recipeSchema.shape)) {
    if (except.some((other) => other === key)) continue;
    const flag = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const inner = unwrapped(schema);
    const isFlag = inner instanceof z.ZodBoolean;
    const option = new Option(`--${flag} ${isFlag ? "[boolean]" : valueName(inner)}`, help(schema));
    command.addOption(option.argParser((text: string) => parseValue(text, inner)));
  }
  return command;
}

/** The recipe keys among a command's parsed options. */
export function recipeFlags(options: Record<string, unknown>): Partial<RecipeInput> {
  return Object.fromEntries(
    Object.keys(recipeSchema.shape).flatMap((key) => (key in options ? [[key, options[key]]] : [])),
  );
}

/** The description with the default; the default itself stays with the recipe, so that a file's value wins over it. */
function help(schema: z.core.$ZodType): string {
  const description = z.globalRegistry.get(schema)?.description ?? "";
  if (!(schema instanceof z.ZodDefault)) return description;
  return `${description} (default: ${String(schema.def.defaultValue)})`;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrapped(schema.unwrap());
  return schema;
}

function valueName(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodNumber) return "<number>";
  if (schema instanceof z.ZodArray) return "<a,b>";
  if (schema instanceof z.ZodEnum) return `<${schema.options.join("|")}>`;
  return "<value>";
}

/** Text stays text where the key takes text; everything else is read as in a YAML file. */
function parseValue(text: string, schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return text;
  if (schema instanceof z.ZodArray) return text.split(",").map((part) => part.trim());
  if (schema instanceof z.ZodUnion && text.includes(",")) return text.split(",").map((part) => part.trim());
  const value: unknown = parseYaml(text);
  if (schema instanceof z.ZodNumber && typeof value !== "number")
    throw new InvalidArgumentError("It is not a number.");
  return value;
}
