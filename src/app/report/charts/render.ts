import { Resvg } from "@resvg/resvg-js";
import type { Spec as VegaSpec } from "vega";
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
  const errors: unknown[] = [];
  const { spec } = compile(printableSpec(chart.spec), { config });
  const logger = vega.logger(vega.Error);
  // Vega goes on with what is left of a chart whose part fails; half a chart is none.
  logger.error = (...parts: readonly unknown[]) => {
    errors.push(parts[0]);
    return logger;
  };
  const view = new vega.View(vega.parse(withTextsInSignal(spec)), { renderer: "none", logger });
  try {
    const svg = await view.toSVG();
    if (errors.length > 0) throw errors[0];
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

/** The signal that holds the texts of a compiled chart. */
const TEXTS = "texts";

/**
 * A compiled specification with its texts (titles, and constants of marks) as values of a signal. Vega writes a text
 * into an expression as a literal, and its parser takes the literal of a name that every object has, "constructor",
 * for an identifier.
 */
function withTextsInSignal(spec: VegaSpec): VegaSpec {
  const texts: unknown[] = [];
  const signal = (text: unknown) => ({ signal: `${TEXTS}[${texts.push(text) - 1}]` });
  const lifted = (part: unknown, key: string, isEncoding: boolean): unknown => {
    if (typeof part === "string") return /^(text|subtitle|title)$/.test(key) ? signal(part) : part;
    if (Array.isArray(part)) return part.map((item) => lifted(item, "", isEncoding));
    if (typeof part !== "object" || part === null) return part;
    if (isEncoding && "value" in part && typeof part.value === "string") {
      const { value, ...others } = part;
      return { ...others, ...signal(value) };
    }
    return Object.fromEntries(
      Object.entries(part).map(([name, inner]) => [
        name,
        // Data and signals are values already.
        /^(data|signals|scales)$/.test(name) ? inner : lifted(inner, name, isEncoding || name === "encode"),
      ]),
    );
  };
  const marks = lifted(spec, "", false) as VegaSpec;
  return { ...marks, signals: [...(marks.signals ?? []), { name: TEXTS, value: texts }] };
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
