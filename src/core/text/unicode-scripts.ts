import { SCRIPTS } from "./unicode-ranges.ts";

/** Belongs to any script: spaces, and characters that the table doesn't know. */
const ANY = 0;

let starts: Int32Array | undefined;
let numbers: Uint8Array | undefined;

function scriptOf(code: number): number {
  if (!starts || !numbers) {
    const runs = SCRIPTS.split(" ").map((run) => run.split(":"));
    starts = Int32Array.from(runs, ([start]) => Number.parseInt(start!, 16));
    numbers = Uint8Array.from(runs, ([, script]) => Number(script));
  }
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= code) low = middle;
    else high = middle;
  }
  return numbers[low]!;
}

/**
 * Splits where one script follows another; kana counts as Han. What comes before the first character with a script
 * is dropped, as the Rust library drops it.
 */
export function splitAtScripts(text: string): string[] {
  const cuts: number[] = [];
  let last: number | undefined;
  for (let i = 0; i < text.length; ) {
    const code = text.codePointAt(i)!;
    const script = scriptOf(code);
    if (script !== ANY) {
      if (script !== last) cuts.push(i);
      last = script;
    }
    i += code > 0xffff ? 2 : 1;
  }
  const words = cuts.map((cut, i) => text.slice(cut, cuts[i + 1]));
  if (cuts.length > 0 && cuts[0]! > 0) words.unshift("");
  return words;
}
