import { type FileHandle, open } from "node:fs/promises";
import { ModelError } from "../../core/errors.ts";
import type { ByteSource } from "../../core/models/weights.ts";
import { lfsPointerProblem } from "../lfs-pointer.ts";

/** A file that is open for reading. */
export class FileSource implements ByteSource {
  readonly handle: FileHandle;
  readonly byteLength: number;

  private constructor(handle: FileHandle, byteLength: number) {
    this.handle = handle;
    this.byteLength = byteLength;
  }

  /** @throws ModelError if there is no such file or it can't be opened. */
  static async open(path: string): Promise<FileSource> {
    const pointer = await lfsPointerProblem(path);
    if (pointer) throw new ModelError(pointer);
    try {
      const handle = await open(path, "r");
      return new FileSource(handle, (await handle.stat()).size);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      throw new ModelError(`can't open the weights ${path}${code ? ` (${code})` : ""}`, { cause });
    }
  }

  async slice(start: number, end: number): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.byteLength) - start));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.handle.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) return bytes.buffer.slice(0, done);
      done += bytesRead;
    }
    return bytes.buffer;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
