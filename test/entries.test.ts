import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** Prints the address of every module that is loaded, whoever asks for it. */
const hooks = `
  import { writeSync } from "node:fs";
  export async function load(url, context, next) {
    writeSync(1, url + "\\n");
    return next(url, context);
  }`;
const register = `
  import { register } from "node:module";
  register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;

const toDataUrl = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;

/** What importing a file of `src/` loads: its own modules as paths inside `src/`, and the names of packages. */
async function loadedBy(file: string): Promise<{ modules: string[]; packages: Set<string> }> {
  const source = fileURLToPath(new URL("../src/", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...["--import", "tsx", "--import", toDataUrl(register)],
      ...["--input-type=module", "-e", `await import(${JSON.stringify(source + file)})`],
    ],
    { cwd: fileURLToPath(new URL("../", import.meta.url)) },
  );
  const urls = stdout
    .trim()
    .split("\n")
    .filter((url) => url.startsWith("file:"));
  const paths = urls.map((url) => fileURLToPath(url.split("?")[0]!));
  const names = paths.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return {
    modules: paths.filter((path) => path.startsWith(source)).map((path) => path.slice(source.length)),
    packages: new Set(names),
  };
}

/** What only reports, servers and the readers of some files need. */
const heavy = [
  ...["vega", "vega-lite", "@resvg/resvg-js", "hyparquet", "hyparquet-compressors", "yauzl"],
  ...["@huggingface/hub", "undici", "fastify", "prom-client"],
];

test("textune/predict loads neither reports, data formats nor recipes, nor the packages they need", async () => {
  const { modules, packages } = await loadedBy("predict.ts");
  expect(modules).toContain("node/classifier/text-classifier.ts");
  expect(modules.filter((path) => /^(app|node\/data|core\/data\/formats)\//.test(path))).toEqual([]);
  expect(
    [...packages].filter((name) => [...heavy, "yaml", "string-width", "commander"].includes(name)),
  ).toEqual([]);
});

test.each(["index.ts", "app/cli/predict.ts"])(
  "%s loads what is heavy only where it is used",
  async (file) => {
    const { modules, packages } = await loadedBy(file);
    expect(modules).toContain("node/classifier/text-classifier.ts");
    expect([...packages].filter((name) => heavy.includes(name))).toEqual([]);
    expect(modules.filter((path) => path.startsWith("app/report/charts/"))).toEqual([]);
  },
);
