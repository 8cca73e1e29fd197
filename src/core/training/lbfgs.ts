/** A function to minimise, and its gradient. */
export interface Objective {
  readonly size: number;
  /**
   * @param gradient [size], overwritten with the gradient at `point`.
   * @returns The value at `point`.
   */
  evaluate(point: Float64Array, gradient: Float64Array): number;
}

/** When to stop. */
export interface LbfgsOptions {
  /** Of the gradient's largest element. @default 1e-8 */
  tolerance?: number;
  /** @default 1000 */
  maxIterations?: number;
  /** Awaited before every iteration; what it throws ends the work. */
  onIteration?: () => Promise<void>;
}

/** Where a minimisation ended. */
export interface Minimum {
  point: Float64Array;
  value: number;
  iterations: number;
  /** Whether the gradient is as small as was asked for, or as rounding lets it be. */
  converged: boolean;
}

/** Pairs of steps and changes of the gradient that stand for the curvature. */
const memory = 10;
/** Constants of the strong Wolfe conditions, as Nocedal & Wright 2006 give them for quasi-Newton methods. */
const sufficientDecrease = 1e-4;
const curvature = 0.9;
/** Where a step changes the value by less than this share, rounding decides. */
const roundingShare = 4 * Number.EPSILON;

/**
 * Minimises a smooth convex function by L-BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5) with a line search for
 * the strong Wolfe conditions (algorithms 3.5 and 3.6).
 */
export async function minimize(
  objective: Objective,
  start: Float64Array,
  { tolerance = 1e-8, maxIterations = 1000, onIteration }: LbfgsOptions = {},
): Promise<Minimum> {
  let here: Position = evaluateAt(objective, start.slice());
  const pairs: CurvaturePair[] = [];
  for (let iteration = 0; ; iteration++) {
    const small = largest(here.gradient) <= tolerance;
    if (small || iteration === maxIterations) {
      return { point: here.point, value: here.value, iterations: iteration, converged: small };
    }
    await onIteration?.();
    let direction = descent(here.gradient, pairs);
    if (!(dot(direction, here.gradient) < 0)) {
      pairs.length = 0;
      direction = descent(here.gradient, pairs);
    }
    const initial = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(dot(here.gradient, here.gradient)));
    const next = searchLine(objective, here, direction, initial);
    if (!next) {
      // No step along the steepest descent lowers the value: the minimum, to the last bit.
      if (pairs.length === 0) {
        const { point, value, gradient } = here;
        return { point, value, iterations: iteration, converged: largest(gradient) <= Math.sqrt(tolerance) };
      }
      pairs.length = 0;
      continue;
    }
    remember(pairs, here, next);
    here = next;
  }
}

interface Position {
  point: Float64Array;
  value: number;
  gradient: Float64Array;
}

interface CurvaturePair {
  /** How far the step went. */
  step: Float64Array;
  /** How much it changed the gradient. */
  change: Float64Array;
  /** 1 / (step · change) */
  rho: number;
}

function evaluateAt(objective: Objective, point: Float64Array): Position {
  const gradient = new Float64Array(objective.size);
  return { point, value: objective.evaluate(point, gradient), gradient };
}

/** −H·gradient, H being the inverse curvature that the pairs stand for. */
function descent(gradient: Float64Array, pairs: readonly CurvaturePair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const weights = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, rho } = pairs[i]!;
    weights[i] = rho * dot(step, direction);
    addScaled(direction, change, -weights[i]!);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.change, last.change));
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const [i, { step, change, rho }] of pairs.entries()) {
    addScaled(direction, step, weights[i]! - rho * dot(change, direction));
  }
  return direction;
}

function remember(pairs: CurvaturePair[], from: Position, to: Position): void {
  const step = to.point.map((value, i) => value - from.point[i]!);
  const change = to.gradient.map((value, i) => value - from.gradient[i]!);
  const product = dot(step, change);
  if (!(product > 0)) return;
  pairs.push({ step, change, rho: 1 / product });
  if (pairs.length > memory) pairs.shift();
}

/** A step along a direction. */
interface Trial {
  length: number;
  position: Position;
  /** Derivative along the direction. */
  slope: number;
}

/** A step that satisfies the strong Wolfe conditions; undefined where none lowers the value. */
function searchLine(
  objective: Objective,
  from: Position,
  direction: Float64Array,
  initial: number,
): Position | undefined {
  const slope0 = dot(from.gradient, direction);
  const at = (length: number): Trial => {
    const position = evaluateAt(
      objective,
      from.point.map((value, i) => value + length * direction[i]!),
    );
    return { length, position, slope: dot(position.gradient, direction) };
  };
  const rounding = roundingShare * Math.abs(from.value);
  const isTooHigh = ({ length, position }: Trial) =>
    !(position.value <= from.value + sufficientDecrease * length * slope0 + rounding);
  const isFlat = ({ slope }: Trial) => Math.abs(slope) <= -curvature * slope0;

  let before: Trial = { length: 0, position: from, slope: slope0 };
  let length = initial;
  for (let i = 0; i < 20; i++) {
    const trial = at(length);
    if (isTooHigh(trial) || (i > 0 && trial.position.value > before.position.value + rounding)) {
      return zoom(before, trial);
    }
    if (isFlat(trial)) return trial.position;
    if (trial.slope >= 0) return zoom(trial, before);
    before = trial;
    length *= 2;
  }
  return before.length > 0 ? before.position : undefined;

  function zoom(start: Trial, end: Trial): Position | undefined {
    let low = start;
    let high = end;
    for (let i = 0; i < 40; i++) {
      const trial = at(between(low, high));
      if (isTooHigh(trial) || trial.position.value > low.position.value + rounding) high = trial;
      else {
        if (isFlat(trial)) return trial.position;
        if (trial.slope * (high.length - low.length) >= 0) high = low;
        low = trial;
      }
      if (low.length === high.length) break;
    }
    return low.length > 0 && low.position.value <= from.value ? low.position : undefined;
  }
}

/** Where the parabola through the values of both and the slope of the first is lowest; the middle where that is near an end. */
function between(low: Trial, high: Trial): number {
  const width = high.length - low.length;
  const rise = high.position.value - low.position.value - low.slope * width;
  const share = rise > 0 ? (-low.slope * width) / (2 * rise) : 0.5;
  return low.length + width * (share > 0.1 && share < 0.9 ? share : 0.5);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(target: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * values[i]!;
}

const largest = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
