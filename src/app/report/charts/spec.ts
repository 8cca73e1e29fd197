import type { TopLevelSpec } from "vega-lite";

// Vega-Lite exports the type of a whole specification only; these are its parts.

/** A chart among several in one picture. */
export type Panel = Extract<TopLevelSpec, { hconcat: unknown }>["hconcat"][number];
/** A mark with its own data among several drawn over each other. */
export type Layer = Exclude<Extract<TopLevelSpec, { layer: unknown }>["layer"][number], { layer: unknown }>;
/** How a field becomes a position along x or y. */
export type Position = NonNullable<NonNullable<Layer["encoding"]>["x"]>;
