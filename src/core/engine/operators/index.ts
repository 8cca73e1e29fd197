/** Every operator of the engine, each with its gradient beside it. */
export { broadcastShape } from "./broadcast.ts";
export { dropout } from "./dropout.ts";
export * from "./elementwise.ts";
export * from "./gather.ts";
export * from "./linear.ts";
export * from "./normalize.ts";
export * from "./reduce.ts";
export * from "./shape.ts";
