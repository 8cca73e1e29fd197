import { Sha256 } from "../hash.ts";

/**
 * An independent 32-bit seed for one purpose of a run ("dropout", "bootstrap", …), where PyTorch defines none:
 * the first four bytes, little-endian, of SHA-256 over `"<seed>:<purpose>"`. Different purposes never share a
 * stream, and adding a new one leaves all the others as they were.
 */
export function deriveSeed(seed: number, purpose: string): number {
  const { buffer } = new Sha256().update(`${seed}:${purpose}`).digest();
  return new DataView(buffer).getUint32(0, true);
}
