/** This package's version; a test holds it to package.json, which a browser can't read. */
export const version = "0.1.0";
