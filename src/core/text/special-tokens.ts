import { z } from "zod";
import { ModelError } from "../errors.ts";
import { MAX_DEPTH } from "./settings.ts";

/** A place in an encoded row: a special token, or all tokens of the first (A) or second (B) text. */
type Place = { special: readonly number[]; typeId: number } | { text: "A" | "B"; typeId: number };

/** Where the special tokens go around one text and around a pair. */
export interface RowTemplate {
  readonly single: readonly Place[];
  readonly pair: readonly Place[];
}

const tokenAndId = z.tuple([z.string(), z.number()]);
const templatePlaces = z.array(
  z.union([
    z.object({ SpecialToken: z.object({ id: z.string(), type_id: z.number() }) }),
    z.object({ Sequence: z.object({ id: z.enum(["A", "B"]), type_id: z.number() }) }),
  ]),
);
const postProcessor = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("TemplateProcessing"),
    single: templatePlaces,
    pair: templatePlaces,
    special_tokens: z.record(z.string(), z.object({ ids: z.array(z.number()) })),
  }),
  z.object({ type: z.literal("BertProcessing"), sep: tokenAndId, cls: tokenAndId }),
  z.object({ type: z.literal("RobertaProcessing"), sep: tokenAndId, cls: tokenAndId }),
  z.object({ type: z.literal("ByteLevel") }),
]);
const sequence = z.object({ type: z.literal("Sequence"), processors: z.array(z.unknown()) });

const A: Place = { text: "A", typeId: 0 };
const PLAIN: RowTemplate = { single: [A], pair: [A, { text: "B", typeId: 1 }] };

/**
 * Reads `tokenizer.json`'s `post_processor`.
 *
 * @throws ModelError if it is damaged or of an unknown type.
 */
export function readTemplate(json: unknown, depth = 0): RowTemplate {
  if (json === null || json === undefined) return PLAIN;
  const nested = sequence.safeParse(json);
  if (nested.success) {
    if (depth > MAX_DEPTH) throw new ModelError(`post_processors are nested more than ${MAX_DEPTH} deep`);
    // The others of a sequence only adjust offsets, which textune has no use for.
    const templates = nested.data.processors
      .map((processor) => readTemplate(processor, depth + 1))
      .filter((template) => template !== PLAIN);
    if (templates.length > 1) {
      throw new ModelError("a post_processor with two templates of special tokens is not supported");
    }
    return templates[0] ?? PLAIN;
  }
  const parsed = postProcessor.safeParse(json);
  if (!parsed.success) {
    const type = (json as { type?: unknown }).type;
    throw new ModelError(`post_processor of type ${JSON.stringify(type)} is damaged or not supported`);
  }
  const processor = parsed.data;
  switch (processor.type) {
    case "ByteLevel":
      return PLAIN;
    case "BertProcessing":
      return around(processor.cls[1], processor.sep[1], { separators: 1, secondType: 1 });
    case "RobertaProcessing":
      return around(processor.cls[1], processor.sep[1], { separators: 2, secondType: 0 });
    case "TemplateProcessing": {
      const place = (item: z.infer<typeof templatePlaces>[number]): Place => {
        if ("Sequence" in item) return { text: item.Sequence.id, typeId: item.Sequence.type_id };
        const { id, type_id: typeId } = item.SpecialToken;
        const special = processor.special_tokens[id]?.ids;
        if (!special) throw new ModelError(`post_processor uses ${id} but does not define it`);
        return { special, typeId };
      };
      return { single: processor.single.map(place), pair: processor.pair.map(place) };
    }
  }
}

function around(cls: number, sep: number, form: { separators: number; secondType: number }): RowTemplate {
  const special = (id: number, typeId: number): Place => ({ special: [id], typeId });
  const single = [special(cls, 0), A, special(sep, 0)];
  const furtherSeparators = Array.from({ length: form.separators - 1 }, () => special(sep, 0));
  const second: Place = { text: "B", typeId: form.secondType };
  return { single, pair: [...single, ...furtherSeparators, second, special(sep, form.secondType)] };
}

/** How many special tokens a template adds. */
export function countSpecialTokens(places: readonly Place[]): number {
  return places.reduce((count, place) => count + ("special" in place ? place.special.length : 0), 0);
}

/** The row's ids and type ids, its special tokens in place. */
export function fillTemplate(
  places: readonly Place[],
  first: readonly number[],
  second: readonly number[],
): { ids: number[]; typeIds: number[] } {
  const ids: number[] = [];
  const typeIds: number[] = [];
  for (const place of places) {
    const tokens = "special" in place ? place.special : place.text === "A" ? first : second;
    for (const token of tokens) {
      ids.push(token);
      typeIds.push(place.typeId);
    }
  }
  return { ids, typeIds };
}
