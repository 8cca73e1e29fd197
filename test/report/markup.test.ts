import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeMarkup, html } from "../../src/app/report/markup.ts";
import { attribute, parsePage, textOf } from "./parse.ts";

describe("html", () => {
  it("escapes what is put in, but not what is markup already", () => {
    const inner = html`<b>${"<i>"}</b>`;
    expect(html`<p title="${'"'}">${inner}${["a", 1, html`<br>`]}</p>`.source).toBe(
      '<p title="&quot;"><b>&lt;i&gt;</b>a1<br></p>',
    );
  });

  it("writes nothing for nothing, but writes 0", () => {
    expect(html`[${undefined}${null}${false}${0}${""}]`.source).toBe("[0]");
  });
});

/** A text in which nothing looks like an escape already. */
const textWithoutBackslash = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\\", "/"));

/** What visible escapes stand for. */
const unescaped = (text: string): string =>
  text.replace(/\\x([0-9a-f]{2})|\\u([0-9a-f]{4})/g, (_, byte?: string, unit?: string) =>
    String.fromCharCode(Number.parseInt(byte ?? unit ?? "", 16)),
  );

describe("escapeMarkup", () => {
  it("survives a parser: any text comes back as content and as attribute", () => {
    fc.assert(
      fc.property(textWithoutBackslash, (text) => {
        const { elements, errors } = parsePage(
          `<!doctype html><html><head><title></title></head><body><p title="${escapeMarkup(text)}">${escapeMarkup(text)}</p></body></html>`,
        );
        const p = elements.find((element) => element.tagName === "p")!;
        const shown = textOf(p);
        expect(attribute(p, "title")).toBe(shown);
        // All of it is there, and nothing that a reader of XML refuses or that turns the line around.
        expect(unescaped(shown)).toBe(text.replaceAll("\r\n", "\n"));
        expect(shown).not.toMatch(/[^\P{Cc}\t\n]|[\p{Bidi_Control}\u2028\u2029\ufffe\uffff]/u);
        // The other 64 non-characters of Unicode are reported, and kept.
        expect(errors.filter((error) => !error.startsWith("noncharacter"))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("replaces what XML forbids", () => {
    expect(escapeMarkup("a\0b\x1b[31m\ud800c\uffff\t\n")).toBe("a\\x00b\\x1b[31m\\ud800c\\uffff\t\n");
  });
});
