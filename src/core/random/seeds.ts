import { createHash } from "node:crypto";

/**
 * An independent 32-bit seed for one purpose of a run ("dropout", "bootstrap", …), where PyTorch defines none:
 * the first four bytes, little-endian, of SHA-256 over `"<seed>:<purpose>"`. Different purposes never share a
 * stream, and adding a new one leaves all the others as they were.
 */
export function deriveSeed(seed: number, purpose: string): number {
  return createHash("sha256").update(`${seed}:${purpose}`).digest().readUInt32LE(0);
}
