/** Bytes of the header: a multiple of 64, which keeps the values aligned for who maps the file into memory. */
const headerBytes = 128;

/**
 * What a NumPy file of a float32 matrix begins with, of the same length for any number of rows
 * (format version 1.0, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Values follow row by row.
 */
export function npyHeader(rows: number, columns: number): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const text = `${description.padEnd(headerBytes - 11)}\n`;
  const length = Uint8Array.of((headerBytes - 10) & 0xff, (headerBytes - 10) >> 8);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, Buffer.from(text, "latin1")]);
}
