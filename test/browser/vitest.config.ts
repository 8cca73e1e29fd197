import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests in a real browser, apart from the others since they need one: `npm run test:browser`. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  resolve: { alias: { textune: fileURLToPath(new URL("../../src/index.ts", import.meta.url)) } },
  test: {
    setupFiles: ["test/setup.ts"],
    include: ["test/browser/**/*.browser.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    pool: "forks",
  },
});
