/**
 * What an object holds under a name from data, such as a split's. Every object answers to `constructor` and
 * `toString`; here those are names like any other, and undefined where the object has nothing of its own under them.
 *
 * Objects that are read like this are written with `Object.fromEntries`, which takes `__proto__` for a name as well.
 */
export function ownValue<Value>(named: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
}
