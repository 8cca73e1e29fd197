import { register } from "tsx/esm/api";

// In the repository: a thread of Node.js 20 doesn't take over the loader that runs TypeScript.
register();
await import("./thread.ts");
