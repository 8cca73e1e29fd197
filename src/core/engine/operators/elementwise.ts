import type { DType, Tensor } from "../tensor.ts";
import { trace } from "../tensor.ts";
import { asTensor, broadcastShape, type Operand, sumTo } from "./broadcast.ts";

/** a + b, broadcast. */
export function add(a: Tensor, b: Operand): Tensor {
  const right = asTensor(b, a);
  return trace("Add", [a, right], {
    shape: broadcastShape(a.shape, right.shape),
    gradient: (dy) => [sumTo(dy, a.shape), sumTo(dy, right.shape)],
  });
}

/** a − b, broadcast. */
export function subtract(a: Tensor, b: Operand): Tensor {
  const right = asTensor(b, a);
  return trace("Sub", [a, right], {
    shape: broadcastShape(a.shape, right.shape),
    gradient: (dy) => [sumTo(dy, a.shape), sumTo(negate(dy), right.shape)],
  });
}

/** a · b element by element, broadcast. */
export function multiply(a: Tensor, b: Operand): Tensor {
  const right = asTensor(b, a);
  return trace("Mul", [a, right], {
    shape: broadcastShape(a.shape, right.shape),
    gradient: (dy) => [sumTo(multiply(dy, right), a.shape), sumTo(multiply(dy, a), right.shape)],
  });
}

/** a / b element by element, broadcast. */
export function divide(a: Tensor, b: Operand): Tensor {
  const right = asTensor(b, a);
  const quotient = trace("Div", [a, right], {
    shape: broadcastShape(a.shape, right.shape),
    gradient: (dy) => [
      sumTo(divide(dy, right), a.shape),
      sumTo(negate(divide(multiply(dy, quotient), right)), right.shape),
    ],
  });
  return quotient;
}

export function negate(x: Tensor): Tensor {
  return trace("Neg", [x], { shape: x.shape, gradient: (dy) => [negate(dy)] });
}

export function exp(x: Tensor): Tensor {
  const y = trace("Exp", [x], { shape: x.shape, gradient: (dy) => [multiply(dy, y)] });
  return y;
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return trace("Log", [x], { shape: x.shape, gradient: (dy) => [divide(dy, x)] });
}

export function sqrt(x: Tensor): Tensor {
  const y = trace("Sqrt", [x], { shape: x.shape, gradient: (dy) => [divide(multiply(dy, 0.5), y)] });
  return y;
}

export function tanh(x: Tensor): Tensor {
  const y = trace("Tanh", [x], {
    shape: x.shape,
    gradient: (dy) => [subtract(dy, multiply(dy, multiply(y, y)))],
  });
  return y;
}

export function sigmoid(x: Tensor): Tensor {
  const y = trace("Sigmoid", [x], {
    shape: x.shape,
    gradient: (dy) => [multiply(dy, subtract(y, multiply(y, y)))],
  });
  return y;
}

/** log(1 + exp(x)), without overflow. */
export function softplus(x: Tensor): Tensor {
  return trace("Softplus", [x], { shape: x.shape, gradient: (dy) => [multiply(dy, sigmoid(x))] });
}

/** max(x, 0); the derivative at 0 is 0, as in PyTorch. */
export function relu(x: Tensor): Tensor {
  return trace("Relu", [x], {
    shape: x.shape,
    gradient: (dy) => [multiply(dy, cast(greater(x, 0), x.dtype))],
  });
}

/** The error function, 2/√π · ∫₀ˣ exp(−t²) dt. */
export function erf(x: Tensor): Tensor {
  return trace("Erf", [x], {
    shape: x.shape,
    gradient: (dy) => [multiply(dy, multiply(exp(negate(multiply(x, x))), 2 / Math.sqrt(Math.PI)))],
  });
}

/**
 * The exact GELU, x · Φ(x) with Φ(x) = ½(1 + erf(x/√2)) (Hendrycks & Gimpel 2016). Its derivative is
 * Φ(x) + x · φ(x), φ the normal density.
 */
export function gelu(x: Tensor): Tensor {
  return trace("Gelu", [x], {
    domain: "com.microsoft",
    shape: x.shape,
    gradient: (dy) => {
      const cumulative = halfPlusHalf(erf(multiply(x, Math.SQRT1_2)));
      const density = multiply(exp(multiply(multiply(x, -0.5), x)), 1 / Math.sqrt(2 * Math.PI));
      return [multiply(dy, add(cumulative, multiply(density, x)))];
    },
  });
}

/** ½ + ½x for −1 ≤ x ≤ 1 in one pass over memory: HardSigmoid's clamp to 0 … 1 never acts. No gradient. */
function halfPlusHalf(x: Tensor): Tensor {
  return trace("HardSigmoid", [x], {
    shape: x.shape,
    attributes: { alpha: { float: 0.5 }, beta: { float: 0.5 } },
  });
}

/** `condition` ? a : b, broadcast. */
export function where(condition: Tensor, a: Tensor, b: Operand): Tensor {
  const right = asTensor(b, a);
  return trace("Where", [condition, a, right], {
    dtype: a.dtype,
    shape: broadcastShape(condition.shape, broadcastShape(a.shape, right.shape)),
    gradient: (dy) => [
      undefined,
      sumTo(where(condition, dy, 0), a.shape),
      sumTo(multiply(dy, cast(not(condition), dy.dtype)), right.shape),
    ],
  });
}

/** Converts between number types. The gradient is converted back. */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  return trace("Cast", [x], {
    dtype,
    shape: x.shape,
    attributes: { to: onnxType[dtype] },
    gradient: (dy) => [cast(dy, x.dtype)],
  });
}

/** ONNX's numbers for the element types (TensorProto.DataType). */
export const onnxType: Record<DType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  uint32: 12,
};

function compare(op: "Equal" | "Greater" | "Less", a: Tensor, b: Operand): Tensor {
  const right = asTensor(b, a);
  return trace(op, [a, right], { dtype: "bool", shape: broadcastShape(a.shape, right.shape) });
}

/** a = b element by element, broadcast; no gradient. */
export const equal = (a: Tensor, b: Operand): Tensor => compare("Equal", a, b);
/** a > b element by element, broadcast; no gradient. */
export const greater = (a: Tensor, b: Operand): Tensor => compare("Greater", a, b);
/** a < b element by element, broadcast; no gradient. */
export const less = (a: Tensor, b: Operand): Tensor => compare("Less", a, b);

/** Logical negation; no gradient. */
export function not(x: Tensor): Tensor {
  return trace("Not", [x], { dtype: "bool", shape: x.shape });
}
