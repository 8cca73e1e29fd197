import { describe, expect, it } from "vitest";
import { historyChart } from "../../src/app/report/charts/history.ts";
import { renderSvg } from "../../src/app/report/charts/render.ts";
import { cssDeclarations, tokens, withCssVariables } from "../../src/app/report/charts/theme.ts";
import { agNews } from "./sample-record.ts";

/** Relative luminance and contrast of WCAG 2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

describe.each(["light", "dark"] as const)("in the %s scheme", (scheme) => {
  const inText = ["ink", "muted", "series1", "series2", "series3", "series4", "series5", "series6"] as const;

  it.each(inText)("text in %s reads well", (name) => {
    expect(contrast(tokens[name][scheme], tokens.surface[scheme])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["heatRight", "heatWrong"] as const)("numbers in full cells of %s read well", (name) => {
    expect(contrast(tokens.onHeat[scheme], tokens[name][scheme])).toBeGreaterThanOrEqual(4.5);
  });

  // Cells are filled in proportion; up to 0.88 their numbers are in ink, above it in onHeat.
  it.each(["heatRight", "heatWrong"] as const)(
    "numbers in partly filled cells of %s stay legible",
    (name) => {
      const mix = (share: number) =>
        `#${[1, 3, 5]
          .map((i) => {
            const [from, to] = [tokens.surface[scheme], tokens[name][scheme]].map((hex) =>
              Number.parseInt(hex.slice(i, i + 2), 16),
            );
            return Math.round(from! + (to! - from!) * share)
              .toString(16)
              .padStart(2, "0");
          })
          .join("")}`;
      for (const share of [0.1, 0.3, 0.5, 0.7, 0.88]) {
        expect(contrast(tokens.ink[scheme], mix(share))).toBeGreaterThanOrEqual(3.9);
      }
      for (const share of [0.89, 0.95])
        expect(contrast(tokens.onHeat[scheme], mix(share))).toBeGreaterThanOrEqual(3.9);
    },
  );

  it("declares a CSS variable for every token", () => {
    expect(cssDeclarations(scheme)).toContain(`--ink:${tokens.ink[scheme]}`);
    expect(cssDeclarations(scheme)).toContain(`--heat-right:${tokens.heatRight[scheme]}`);
    expect(cssDeclarations(scheme).split(";")).toHaveLength(Object.keys(tokens).length);
  });
});

it("gives every token its own standalone colour, since that is what is replaced", () => {
  const colours = Object.values(tokens).map((token) => token.light);
  expect(new Set(colours).size).toBe(colours.length);
});

it("leaves no fixed colour in a chart for the page", async () => {
  const svg = await renderSvg(historyChart(agNews().history));
  expect(svg).toMatch(/#[0-9a-f]{6}/);
  const themed = withCssVariables(svg);
  expect(themed).not.toMatch(/#[0-9a-f]{3,6}\b/i);
  expect(themed).toContain('"var(--series-1)"');
});
