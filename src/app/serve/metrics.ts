import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What a server counts, for Prometheus. */
export function serverMetrics(queued: () => number) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
  new Gauge({
    ...{ registers, name: "textune_queue_texts", help: "Texts that wait for a worker." },
    collect() {
      this.set(queued());
    },
  });
  return {
    registry,
    requests: new Counter({
      ...{ registers, name: "textune_requests_total", help: "Requests to /predict by status." },
      labelNames: ["status"] as const,
    }),
    requestSeconds: new Histogram({
      ...{ registers, name: "textune_request_seconds", help: "Time to answer a request to /predict." },
      buckets: seconds,
    }),
    batchTexts: new Histogram({
      ...{ registers, name: "textune_batch_texts", help: "Texts that were classified at once." },
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    }),
    batchSeconds: new Histogram({
      ...{ registers, name: "textune_batch_seconds", help: "Time that a batch took." },
      buckets: seconds,
    }),
  };
}
