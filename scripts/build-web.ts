import { bundleWeb } from "./web-bundle.ts";

/** Builds `textune/web` into `dist/web`; the types of its files are the compiler's to write. */
const sizes = await bundleWeb("dist/web");
for (const [name, bytes] of Object.entries(sizes))
  console.log(`dist/web/${name}  ${(bytes / 1024).toFixed(0)} KB`);
