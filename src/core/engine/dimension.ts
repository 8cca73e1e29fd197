/**
 * Symbolic dimensions. A graph is traced once and serves every batch, so a size is either a number or a polynomial
 * in named symbols: `batch`, `batch*length`, `2*length-1`.
 */
export type Dim = number | SymbolicDim;

/** A polynomial with integer coefficients, kept canonical so that equal sizes compare equal by `key`. */
export class SymbolicDim {
  /** Canonical text, e.g. `2*length-1`; equal sizes have equal keys. */
  readonly key: string;
  /** Monomial (symbols joined by `*`, empty for the constant) → coefficient. */
  readonly terms: ReadonlyMap<string, number>;

  constructor(terms: ReadonlyMap<string, number>) {
    this.terms = terms;
    this.key = [...terms]
      .sort(([a], [b]) => (a === "" ? 1 : b === "" ? -1 : a < b ? -1 : 1))
      .map(([monomial, coefficient], i) => {
        const sign = coefficient < 0 ? "-" : i === 0 ? "" : "+";
        const size = Math.abs(coefficient);
        if (monomial === "") return `${sign}${size}`;
        return size === 1 ? `${sign}${monomial}` : `${sign}${size}*${monomial}`;
      })
      .join("");
  }

  toString(): string {
    return this.key;
  }
}

/** A named size that is known only when a batch arrives. */
export function symbol(name: string): SymbolicDim {
  return new SymbolicDim(new Map([[name, 1]]));
}

function termsOf(dim: Dim): ReadonlyMap<string, number> {
  return typeof dim === "number" ? new Map([["", dim]]) : dim.terms;
}

function simplify(terms: Map<string, number>): Dim {
  for (const [monomial, coefficient] of terms) if (coefficient === 0) terms.delete(monomial);
  if (terms.size === 0) return 0;
  if (terms.size === 1 && terms.has("")) return terms.get("")!;
  return new SymbolicDim(terms);
}

/** a + b */
export function addDims(a: Dim, b: Dim): Dim {
  const sum = new Map(termsOf(a));
  for (const [monomial, coefficient] of termsOf(b)) sum.set(monomial, (sum.get(monomial) ?? 0) + coefficient);
  return simplify(sum);
}

/** a · b */
export function multiplyDims(a: Dim, b: Dim): Dim {
  const product = new Map<string, number>();
  for (const [left, x] of termsOf(a)) {
    for (const [right, y] of termsOf(b)) {
      const monomial = [...left.split("*"), ...right.split("*")].filter(Boolean).sort().join("*");
      product.set(monomial, (product.get(monomial) ?? 0) + x * y);
    }
  }
  return simplify(product);
}

/** a − b */
export function subtractDims(a: Dim, b: Dim): Dim {
  return addDims(a, multiplyDims(b, -1));
}

/** Product of all dimensions: the number of elements. */
export function elementCount(shape: readonly Dim[]): Dim {
  return shape.reduce<Dim>((product, dim) => multiplyDims(product, dim), 1);
}

export function sameDim(a: Dim, b: Dim): boolean {
  return String(a) === String(b);
}

export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, i) => sameDim(dim, b[i]!));
}

/** The size of `dim` once every symbol has a value. */
export function evaluateDim(dim: Dim, sizes: Readonly<Record<string, number>>): number {
  if (typeof dim === "number") return dim;
  let total = 0;
  for (const [monomial, coefficient] of dim.terms) {
    let product = coefficient;
    for (const name of monomial.split("*").filter(Boolean)) {
      const size = sizes[name];
      if (size === undefined) throw new RangeError(`no size was given for the dimension "${name}"`);
      product *= size;
    }
    total += product;
  }
  return total;
}

/** `[batch, length, 768]` */
export function formatShape(shape: readonly Dim[]): string {
  return `[${shape.join(", ")}]`;
}
