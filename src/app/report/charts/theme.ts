/** A colour of the charts: fixed in standalone files, a CSS variable (light and dark) in the HTML report. */
interface Token {
  /** On white. Every token has another value: the standalone colour is what the HTML report replaces. */
  light: string;
  /** On the dark page. */
  dark: string;
}

/**
 * The colours of all charts. The series colours descend from Okabe and Ito's palette, which people with a colour
 * vision deficiency can tell apart (https://jfly.uni-koeln.de/color/), darkened so that text in them reads well
 * on white (4.5 : 1).
 */
export const tokens = {
  surface: { light: "#ffffff", dark: "#171a1f" },
  ink: { light: "#1b1f24", dark: "#e6e9ed" },
  muted: { light: "#59626c", dark: "#a3adb8" },
  grid: { light: "#e3e7eb", dark: "#2e343c" },
  series1: { light: "#0072b1", dark: "#5db5ea" },
  series2: { light: "#c24f00", dark: "#ff9450" },
  series3: { light: "#007d5a", dark: "#35c99e" },
  series4: { light: "#a34a8b", dark: "#e094c3" },
  series5: { light: "#8a6400", dark: "#ecb83c" },
  series6: { light: "#5a5f8f", dark: "#a9afe6" },
  heatRight: { light: "#0071b3", dark: "#1a6399" },
  heatWrong: { light: "#c14e02", dark: "#a3490a" },
  onHeat: { light: "#fffffe", dark: "#ffffff" },
} satisfies Record<string, Token>;

export type TokenName = keyof typeof tokens;

/** Colour of a token in a standalone chart. */
export const colour = (name: TokenName): string => tokens[name].light;

const series: readonly TokenName[] = ["series1", "series2", "series3", "series4", "series5", "series6"];

/** Line colour and dash of the i-th series: six colours, then the same six dashed. */
export function seriesStyle(i: number): { colour: string; dash: number[] } {
  const dashes = [
    [1, 0],
    [6, 3],
    [2, 3],
  ];
  return {
    colour: colour(series[i % series.length]!),
    dash: dashes[Math.floor(i / series.length) % dashes.length]!,
  };
}

/** The CSS variable that carries the i-th series' line colour. */
export const seriesVariable = (i: number): string => cssVariable(series[i % series.length]!);

/** The CSS variable that carries a token in the HTML report. */
export const cssVariable = (name: TokenName): string =>
  `--${name.replace(/[A-Z]|\d/g, (c) => `-${c.toLowerCase()}`)}`;

/** Declares every token for a stylesheet: `--ink:#1b1f24;…`. */
export function cssDeclarations(scheme: keyof Token): string {
  return Object.entries(tokens)
    .map(([name, token]) => `${cssVariable(name as TokenName)}:${token[scheme]}`)
    .join(";");
}

/** Replaces the standalone colours of a chart by CSS variables, so that it follows the page's colour scheme. */
export function withCssVariables(svg: string): string {
  let themed = svg;
  for (const [name, token] of Object.entries(tokens)) {
    themed = themed.replaceAll(`"${token.light}"`, `"var(${cssVariable(name as TokenName)})"`);
  }
  return themed;
}
