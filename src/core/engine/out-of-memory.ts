import { TrainingError } from "../errors.ts";

/** How ONNX Runtime, WebAssembly and JavaScript engines say that memory is lacking. */
const phrases =
  /bad_alloc|out of memory|failed to allocate|allocation failed|cannot enlarge memory|Aborted\(OOM|memory access out of bounds|BFCArena|Available memory of/i;

/** An error where the memory didn't suffice, in words for whoever can do something about it; others as they are. */
export function explainMemory(error: unknown): unknown {
  const { message } = error as { message?: unknown };
  // WebAssembly's own allocator throws a bare number, the address of a C++ exception.
  const isNumber = typeof error === "number";
  if (!isNumber && !(typeof message === "string" && phrases.test(message))) return error;
  return new TrainingError(
    "the memory doesn't suffice; take a smaller batchSize (with gradientAccumulationSteps for the same updates), cut texts shorter (truncation), or take a smaller model",
    { cause: error },
  );
}
