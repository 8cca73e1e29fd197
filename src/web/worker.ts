import type { Port } from "./channel.ts";
import { Engine } from "./engine.ts";

/** What runs in the page's worker: everything but the page's own side of the calls. */
new Engine(globalThis as unknown as Port);
