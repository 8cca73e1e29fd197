import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "textune/predict": fileURLToPath(new URL("src/predict.ts", import.meta.url)),
      textune: fileURLToPath(new URL("src/index.ts", import.meta.url)),
    },
  },
  test: {
    setupFiles: ["test/setup.ts"],
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    // Whole training runs on two cores: slow is not broken.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // ONNX Runtime uses every core by itself; more workers would only contend.
    maxWorkers: 2,
    pool: "forks",
    // Files share their worker and what it has imported; none leaves anything behind (test/setup.ts).
    isolate: false,
  },
});
