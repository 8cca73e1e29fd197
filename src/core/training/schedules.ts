/** Shapes of the learning rate over a run, named as Hugging Face's Trainer names them. */
export const scheduleNames = ["constant", "linear", "cosine"] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/**
 * Factor of the learning rate for update `step` (from 0) of `total`, after Hugging Face's
 * `get_{constant,linear,cosine}_schedule_with_warmup`: it rises from 0 over the first `warmup` updates, then stays,
 * falls on a line to 0, or follows half a cosine to 0.
 */
export function scheduleFactor(name: ScheduleName, step: number, warmup: number, total: number): number {
  if (step < warmup) return step / Math.max(1, warmup);
  if (name === "constant") return 1;
  const progress = (step - warmup) / Math.max(1, total - warmup);
  return name === "linear"
    ? Math.max(0, 1 - progress)
    : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
}
