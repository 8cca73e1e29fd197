import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeMarkup, html } from "../../src/app/report/markup.ts";
import { attribute, parsePage, textOf } from "./parse.ts";

const escaped = (character: string) => {
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
};

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

describe("escapeMarkup", () => {
  it("survives a parser: any text comes back as content and as attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { elements, errors } = parsePage(
          `<!doctype html><html><head><title></title></head><body><p title="${escapeMarkup(text)}">${escapeMarkup(text)}</p></body></html>`,
        );
        const expected = text
          .replace(/\r(?!\n)/g, "\\x0d")
          .replace(/\r\n/g, "\n")
          .replace(/[^\P{Cc}\t\n]|[\p{Bidi_Control}\p{Cs}\u2028\u2029\ufffe\uffff]/gu, escaped);
        const p = elements.find((element) => element.tagName === "p")!;
        expect(textOf(p)).toBe(expected);
        expect(attribute(p, "title")).toBe(expected);
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
