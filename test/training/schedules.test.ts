import { expect, test } from "vitest";
import { type ScheduleName, scheduleFactor, scheduleNames } from "../../src/core/training/schedules.ts";
import { readTrainingGolden } from "./golden.ts";

interface GoldenSchedule {
  schedule: ScheduleName;
  learningRate: number;
  warmupSteps: number;
  totalSteps: number;
  /** `rates[s]` is what update s uses, from 0; two beyond the end. */
  rates: number[];
}

const { schedules } = readTrainingGolden<{ schedules: GoldenSchedule[] }>("schedules");

test("the reference covers every schedule", () => {
  expect([...new Set(schedules.map(({ schedule }) => schedule))].sort()).toEqual([...scheduleNames].sort());
});

test.each(schedules)(
  "$schedule, $warmupSteps warm-up updates of $totalSteps",
  ({ schedule, learningRate, warmupSteps, totalSteps, rates }) => {
    for (const [step, rate] of rates.slice(0, totalSteps).entries()) {
      const factor = scheduleFactor(schedule, step, warmupSteps, totalSteps);
      expect(Math.abs(learningRate * factor - rate), `update ${step}`).toBeLessThan(1e-18);
    }
  },
);
