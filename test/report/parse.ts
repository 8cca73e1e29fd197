import { inflateSync } from "node:zlib";
import { Resvg } from "@resvg/resvg-js";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { fontOptions } from "../../src/app/report/charts/fonts.ts";

type Element = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.ChildNode | DefaultTreeAdapterTypes.Document;

/** A parsed page, and what the HTML standard finds wrong with it. */
export function parsePage(source: string): { elements: Element[]; errors: string[] } {
  const errors: string[] = [];
  const document = parse(source, {
    sourceCodeLocationInfo: true,
    onParseError: (error) => errors.push(`${error.code} at line ${error.startLine}`),
  });
  return { elements: descendants(document), errors };
}

/** Elements of an SVG, in order. */
export const parseSvg = (svg: string): Element[] => descendants(parse(`<!doctype html>${svg}`));

function descendants(node: Node): Element[] {
  const own = "tagName" in node ? [node] : [];
  return [...own, ...("childNodes" in node ? node.childNodes.flatMap(descendants) : [])];
}

export const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((attr) => attr.name === name)?.value;

/** Text inside an element, its descendants included. */
export function textOf(node: Node): string {
  if (node.nodeName === "#text") return (node as DefaultTreeAdapterTypes.TextNode).value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

/** All `<text>` of a chart. */
export const chartTexts = (svg: string): string[] =>
  parseSvg(svg)
    .filter((element) => element.tagName === "text")
    .map(textOf);

/** Marks that Vega drew of a type: `symbol`, `rect`, `line`, `rule`, `text`. */
export const marks = (svg: string, type: string): Element[] =>
  parseSvg(svg)
    .filter((element) => (attribute(element, "class") ?? "").split(" ").includes(`mark-${type}`))
    .filter((element) => (attribute(element, "class") ?? "").includes("role-mark"))
    .flatMap((group) => group.childNodes)
    .filter((node): node is Element => "tagName" in node);

/** Size of the picture, and the box around all that is drawn in it, the background left out. */
export function bounds(svg: string): {
  width: number;
  height: number;
  box: { x1: number; y1: number; x2: number; y2: number };
} {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
  const bare = svg.replace(/<rect width="[\d.]+" height="[\d.]+" fill="#ffffff"\/?>(<\/rect>)?/, "");
  if (bare === svg) throw new Error("the chart has no background");
  const box = new Resvg(bare, { font: fontOptions(bare) }).getBBox()!;
  return {
    width: width!,
    height: height!,
    box: { x1: box.x, y1: box.y, x2: box.x + box.width, y2: box.y + box.height },
  };
}

/** A PNG's size and its pixels' bytes, one filter byte in front of each line. */
export function decodePng(png: Uint8Array): { width: number; height: number; pixels: Uint8Array } {
  const bytes = Buffer.from(png);
  if (bytes.toString("latin1", 1, 4) !== "PNG") throw new Error("no PNG");
  const data: Buffer[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString("latin1", at + 4, at + 8) === "IDAT")
      data.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return {
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    pixels: inflateSync(Buffer.concat(data)),
  };
}
