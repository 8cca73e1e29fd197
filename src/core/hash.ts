import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/**
 * SHA-256 of parts that arrive one after the other, strings as UTF-8. It is computed in JavaScript, so that it gives the
 * same in Node.js and in a browser, whose own hashes neither stream nor answer at once.
 */
export class Sha256 {
  readonly #hash = sha256.create();
  readonly #encoder = new TextEncoder();

  update(part: string | Uint8Array): this {
    this.#hash.update(typeof part === "string" ? this.#encoder.encode(part) : part);
    return this;
  }

  /** 32 bytes; nothing can be added afterwards. */
  digest(): Uint8Array {
    return this.#hash.digest();
  }

  /** 64 hexadecimal digits; nothing can be added afterwards. */
  hex(): string {
    return bytesToHex(this.digest());
  }
}

/** The bytes of a typed array, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
