/** What a shell expects of a program that Ctrl-C ended: 128 and the number of SIGINT. */
export const interruptedCode = 130;

/**
 * Runs work that Ctrl-C stops at its next step, leaving what is finished. A second Ctrl-C ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(interruptedCode);
    process.stderr.write("\nstopping after this step; press Ctrl-C again to end at once\n");
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
