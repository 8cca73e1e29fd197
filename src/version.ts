import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** This package's version, as in package.json. */
export const version: string = (require("../package.json") as { version: string }).version;
