import { join } from "node:path";
import { OutputError } from "../../core/errors.ts";
import { type FileContent, writeFileAtomic } from "../../node/files.ts";
import type { Chart } from "./charts/render.ts";
import type { Markup } from "./markup.ts";

/** A folder that a report is written into, file by file. */
export class ReportFolder {
  /** Paths of the files written so far, in this order. */
  readonly written: string[] = [];
  readonly #path: string;
  /** What could not be made, and why. */
  readonly #failed: { name: string; error: unknown }[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** @returns the file's path. @throws OutputError */
  async write(name: string, content: FileContent): Promise<string> {
    const path = join(this.#path, name);
    await writeFileAtomic(path, content);
    this.written.push(path);
    return path;
  }

  /** Does a part of the report; where it fails, the other parts are still done, and `finish` tells. */
  async attempt(name: string, part: () => Promise<unknown>): Promise<void> {
    try {
      await part();
    } catch (error) {
      this.#failed.push({ name, error });
    }
  }

  /** Does a page; what fails in it is a line there, and `finish` tells. */
  async page(name: string, render: () => Promise<Markup>): Promise<void> {
    await this.attempt(name, async () => {
      const { source, failures } = await render();
      await this.write(name, source);
      for (const failure of failures) this.#failed.push({ name: `a part of ${name}`, error: failure });
    });
  }

  /**
   * @param advice What to do when the cause is gone.
   * @throws OutputError if a part could not be done.
   */
  finish(advice?: string): void {
    const [first] = this.#failed;
    if (first === undefined) return;
    const names = [...new Set(this.#failed.map(({ name }) => name))].join(", ");
    const reason = first.error instanceof Error ? first.error.message : String(first.error);
    throw new OutputError(
      `the report in ${this.#path} lacks ${names}: ${reason}${advice === undefined ? "" : `; ${advice}`}`,
      { cause: first.error },
    );
  }

  /** `NAME.svg` and `NAME.png`. @throws OutputError */
  async draw(name: string, chart: Chart): Promise<void> {
    const { renderPng, renderSvg } = await import("./charts/render.ts");
    const svg = await renderSvg(chart);
    await this.write(`${name}.svg`, svg);
    await this.write(`${name}.png`, renderPng(svg));
  }
}
