import { describe, expect, it } from "vitest";
import { mailText, readSpamCorpus, splitRows } from "../../examples/spam/corpus.ts";
import { findDuplicates } from "../../examples/spam/near-duplicates.ts";

describe("mailText", () => {
  it("keeps the message and drops the marks of the collection", () => {
    expect(mailText({ subject: "Re: [ILUG] Re: modem", body: "Ask me@example.org.\n" })).toBe(
      "Re: Re: modem\n\nAsk [email].",
    );
    const footer = `${"_".repeat(47)}\nIrish Linux Users' Group\nhttp://www.linux.ie/mailman/`;
    expect(mailText({ subject: "modem", body: `It works.\n${footer}` })).toBe("modem\n\nIt works.");
    expect(mailText({ subject: "news", body: "URL: http://a.b/c\nDate: Not supplied\n\nText" })).toBe(
      "news\n\nText",
    );
  });

  it("leaves a rule of underscores alone that ends no mailing list's mail", () => {
    const body = `Form:\n${"_".repeat(30)}\n${"line\n".repeat(20)}`;
    expect(mailText({ subject: "s", body })).toContain("_".repeat(30));
  });
});

describe("findDuplicates", () => {
  const letter =
    "Dear NAME, you have been chosen to receive a free holiday for two in sunny Florida. Call now!";
  const other =
    "The meeting is moved to Thursday at ten, in the small room on the second floor, next to the kitchen.";

  it("tells the same, almost the same, and another text apart", () => {
    const { exact, near } = findDuplicates([
      letter,
      other,
      letter.toUpperCase().replace("!", " 12345"),
      letter.replace("NAME", "friend"),
      "",
      "Short",
      "Short.",
      "Other",
    ]);
    expect([...exact]).toEqual([2, 6]);
    expect([...near]).toEqual([3]);
  });

  it("does not take a quoting answer for its question", () => {
    const answer = `Thanks, but I can't come on Thursday because of the dentist. Could we make it Friday? ${letter.slice(0, 30)}`;
    expect(findDuplicates([other, answer]).near.size).toBe(0);
  });
});

describe("the SpamAssassin corpus", async () => {
  const { rows, dropped } = await readSpamCorpus();

  it("accounts for every mail", () => {
    expect(rows.length + dropped.empty + dropped.adult + dropped.duplicates + dropped.nearDuplicates).toBe(
      6046,
    );
    expect(dropped.duplicates).toBeGreaterThan(100);
    expect(dropped.nearDuplicates).toBeGreaterThan(500);
    const spam = rows.filter(({ label }) => label === "spam").length;
    expect(spam / rows.length).toBeGreaterThan(0.2);
    expect(spam / rows.length).toBeLessThan(0.3);
  });

  it("has readable texts", () => {
    const share = (test: (text: string) => boolean) =>
      rows.filter(({ text }) => test(text)).length / rows.length;
    expect(share((text) => text.includes("\ufffd"))).toBeLessThan(0.01);
    expect(share((text) => /<(?:font|td|html|br)\b/i.test(text))).toBeLessThan(0.005);
    expect(share((text) => /^Received:|^X-Spam-/m.test(text))).toBeLessThan(0.01);
  });

  it("splits by seed, no test mail being a train mail in disguise", () => {
    const { train, test } = splitRows(rows, 42);
    expect(splitRows(rows, 42)).toEqual({ train, test });
    expect(splitRows(rows, 43).test).not.toEqual(test);
    expect(test.length).toBe(Math.ceil(rows.length / 5));
    const { exact, near } = findDuplicates([...train, ...test].map(({ text }) => text));
    expect([exact.size, near.size]).toEqual([0, 0]);
  });
});
