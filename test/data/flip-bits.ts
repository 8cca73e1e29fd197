import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { DataError } from "../../src/core/errors.ts";
import { openDataFile } from "../../src/node/data/file-on-disk.ts";

// A program of its own, so that its memory can be limited and measured: reads a file with one bit flipped, many
// times. Arguments: the sound file, where to write the damaged one, how many bits.

const [sound, path, count] = [readFileSync(process.argv[2]!), process.argv[3]!, Number(process.argv[4])];
const wrong: string[] = [];
let refused = 0;
const rows = await countRows(process.argv[2]!);

for (const bit of fc.sample(fc.nat(sound.length * 8 - 1), { numRuns: count, seed: 42 })) {
  const bytes = Buffer.from(sound);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  writeFileSync(path, bytes);
  try {
    const read = await countRows(path);
    if (read !== rows) wrong.push(`bit ${bit}: ${read} rows`);
  } catch (error) {
    refused++;
    const { message } = error as Error;
    const isOneLine = error instanceof DataError && message.startsWith(path) && !/[\r\n]/.test(message);
    if (!isOneLine || message.length > path.length + 300) wrong.push(`bit ${bit}: ${message}`);
  }
}
process.stdout.write(JSON.stringify({ refused, wrong, maxRss: process.resourceUsage().maxRSS * 1024 }));

async function countRows(path: string): Promise<number> {
  let rows = 0;
  for await (const _ of (await openDataFile(path)).rows) rows++;
  return rows;
}
