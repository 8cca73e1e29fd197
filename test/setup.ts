import { configureGlobal } from "fast-check";

// The same random cases at every run; FC_SEED tries others.
configureGlobal({ seed: Number(process.env.FC_SEED ?? 42) });
