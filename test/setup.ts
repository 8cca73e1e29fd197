import { configureGlobal } from "fast-check";
import { afterAll, vi } from "vitest";
import { setThreads } from "../src/core/engine/runtime.ts";

// The same random cases at every run; FC_SEED tries others.
configureGlobal({ seed: Number(process.env.FC_SEED ?? 42) });

// Tests run beside each other, on models for which threads cost more than they bring; children take it over.
process.env.TEXTUNE_THREADS = "1";
setThreads(1);

// A thread translates the sources again, which takes longer than most tests: those of threads ask for one.
process.env.TEXTUNE_WORKER ??= "false";

// Files share their process.
afterAll(() => {
  vi.unstubAllEnvs();
});
