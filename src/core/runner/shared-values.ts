import type { Weights } from "../models/weights.ts";
import { breathe } from "../progress.ts";

/** Values copied at once, 4 MB: what waits for the thread meanwhile waits for a millisecond or two. */
const copiedAtOnce = 1 << 20;

/** Whether threads can share memory: always in Node.js, in a browser where the page is cross-origin isolated. */
export const canShare = typeof SharedArrayBuffer === "function";

export const isShared = ({ buffer }: ArrayBufferView): boolean =>
  canShare && buffer instanceof SharedArrayBuffer;

/**
 * Moves the values of weights into memory that threads share, so that they are not copied when another thread works
 * with them; where nothing can be shared they stay as they are. One tensor after the other is given up for its copy.
 */
export async function shareWeights(weights: Weights): Promise<void> {
  if (!canShare) return;
  for (const [name, { shape, values }] of weights) {
    if (isShared(values)) continue;
    const shared = new Float32Array(new SharedArrayBuffer(values.byteLength));
    for (let at = 0; at < values.length; at += copiedAtOnce) {
      shared.set(values.subarray(at, at + copiedAtOnce), at);
      if (values.length > copiedAtOnce) await breathe(undefined);
    }
    weights.set(name, { shape, values: shared });
  }
}

/** A typed array's values in shared memory; the array itself where they can't be shared, or are already. */
export function shared<T extends ArrayBufferView>(values: T): T {
  if (!canShare || isShared(values)) return values;
  const bytes = new Uint8Array(new SharedArrayBuffer(values.byteLength));
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const { constructor: Type } = Object.getPrototypeOf(values) as {
    constructor: new (buffer: SharedArrayBuffer) => T;
  };
  return new Type(bytes.buffer);
}

/** Values that ONNX Runtime can be fed: it refuses shared memory. They are copied only where they are shared. */
export const unshared = (values: Float32Array): Float32Array => (isShared(values) ? values.slice() : values);
