/** Factor of the learning rate by the share of the updates after warm-up that are done, 0 to 1. */
type Schedule = (progress: number) => number;

/**
 * Shapes of the learning rate over a run, named as Hugging Face's Trainer names them, after its
 * `get_{constant,linear,cosine}_schedule_with_warmup`.
 */
const schedules = {
  constant: () => 1,
  linear: (progress) => Math.max(0, 1 - progress),
  cosine: (progress) => Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress))),
} satisfies Record<string, Schedule>;

export type ScheduleName = keyof typeof schedules;
export const scheduleNames = Object.keys(schedules) as [ScheduleName, ...ScheduleName[]];

/** Factor of the learning rate for update `step` (from 0) of `total`: it rises from 0 over the first `warmup` updates. */
export function scheduleFactor(name: ScheduleName, step: number, warmup: number, total: number): number {
  if (step < warmup) return step / Math.max(1, warmup);
  const schedule: Schedule = schedules[name];
  return schedule((step - warmup) / Math.max(1, total - warmup));
}
