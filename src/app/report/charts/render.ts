import { Resvg } from "@resvg/resvg-js";
import type { TopLevelSpec } from "vega-lite";
import { printable } from "../../../core/printable.ts";
import { escapeMarkup } from "../markup.ts";
import { FONT_FAMILY, fontOptions, textWidth } from "./fonts.ts";
import { colour } from "./theme.ts";

/** Configuration shared by all charts. */
const config = {
  background: colour("surface"),
  font: FONT_FAMILY,
  padding: 16,
  aria: false,
  view: { stroke: null },
  title: {
    anchor: "start",
    fontSize: 14,
    fontWeight: 700,
    color: colour("ink"),
    subtitleColor: colour("muted"),
    subtitleFontSize: 11,
    subtitlePadding: 4,
    offset: 12,
  },
  axis: {
    labelColor: colour("muted"),
    titleColor: colour("muted"),
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 400,
    titlePadding: 8,
    labelLimit: 0,
    labelPadding: 5,
    labelFlush: false,
    gridColor: colour("grid"),
    domainColor: colour("muted"),
    tickColor: colour("muted"),
  },
} as const;

/** A chart that can be drawn. */
export interface Chart {
  /** What the chart shows, in a sentence, for who can't see it: the SVG's `<title>`. */
  description: string;
  spec: TopLevelSpec;
}

/** Draws a chart as SVG, without a browser or a canvas. */
export async function renderSvg(chart: Chart): Promise<string> {
  // Loaded here, so that commands which draw nothing don't wait for it.
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  vega.textMetrics.width = (item: TextItem, text: string | null) =>
    textWidth(String(text ?? ""), item.fontSize ?? 11, item.fontWeight === 700);
  const view = new vega.View(vega.parse(compile(printableSpec(chart.spec), { config }).spec), {
    renderer: "none",
  });
  try {
    const svg = await view.toSVG();
    return svg.replace(
      /^<svg [^>]*>/,
      (opening) => `${opening}<title>${escapeMarkup(chart.description)}</title>`,
    );
  } finally {
    view.finalize();
  }
}

/** The specification with every text in it printable: Vega writes what it is given into the SVG, also what XML forbids. */
function printableSpec<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    typeof part === "string" ? printable(part) : part,
  ) as Value;
}

/** What Vega says of a text to be measured. */
interface TextItem {
  fontSize?: number;
  fontWeight?: number | string;
}

declare module "vega" {
  /** Exported by Vega, missing in its types: how it measures text. Without a canvas it estimates far too wide. */
  const textMetrics: { width(item: TextItem, text: string | null): number };
}

/**
 * Draws an SVG as a PNG, with the fonts that come with the package.
 *
 * @param scale pixels per SVG unit. @default 2
 */
export function renderPng(svg: string, scale = 2): Uint8Array {
  return new Resvg(svg, { font: fontOptions(svg), fitTo: { mode: "zoom", value: scale } }).render().asPng();
}
