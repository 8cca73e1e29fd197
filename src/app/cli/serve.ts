import { Command, InvalidArgumentError } from "commander";
import { ConfigError } from "../../core/errors.ts";
import { ProgressBar } from "../report/terminal/progress-bar.ts";
import { interruptible } from "./interrupt.ts";
import { thresholdsOption } from "./thresholds-option.ts";

interface ServeFlags {
  host: string;
  port: number;
  workers: number;
  maxBatch: number;
  maxWait: number;
  maxQueue: number;
  maxTexts: number;
  maxBody: number;
  timeout: number;
  sendTimeout: number;
  token?: string;
  logTexts?: boolean;
  logLevel: string;
  thresholds?: number | number[];
}

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

/** `textune serve RUN` */
export function serveCommand(): Command {
  return new Command("serve")
    .description("Answer over HTTP by a trained model, with a page to try it.")
    .argument("<run>", "run folder, model folder, or name of a classifier on the hub")
    .option(
      "--host <name>",
      "address to listen on; others than this machine's can be reached from elsewhere",
      "127.0.0.1",
    )
    .option("--port <number>", "port to listen on; 0 takes a free one", whole(0, 65535), 8000)
    .option("--workers <number>", "copies of the model, each with a thread of its own", whole(1, 64), 1)
    .option("--max-batch <texts>", "texts that are classified at once, at most", whole(1), 32)
    .option(
      "--max-wait <ms>",
      "milliseconds that a text may wait for others while a worker is free",
      whole(0),
      0,
    )
    .option(
      "--max-queue <texts>",
      "texts that may wait; beyond them requests are refused (429)",
      whole(1),
      1024,
    )
    .option("--max-texts <texts>", "texts that one request may hold", whole(1), 256)
    .option("--max-body <bytes>", "bytes that one request may hold", whole(1), 1 << 20)
    .option("--timeout <seconds>", "seconds within which a request is answered, or given up", whole(1), 30)
    .option("--send-timeout <seconds>", "seconds within which a client has to send its request", whole(1), 10)
    .option(
      "--token <text>",
      "token that clients must send (default: TEXTUNE_TOKEN of the environment, else none)",
    )
    .option(...thresholdsOption)
    .option("--log-level <name>", `how much is logged: ${logLevels.join(", ")}`, "info")
    .option("--log-texts", "write the texts that are classified to the log")
    .addHelpText(
      "after",
      `
Examples:
  textune serve runs/spam
  curl localhost:8000/predict -H 'Content-Type: application/json' -d '{"inputs": "You have won!"}'
  TEXTUNE_TOKEN=… textune serve runs/spam --host 0.0.0.0 --port 80 --workers 2`,
    )
    .action(async (run: string, { host, port, token = process.env.TEXTUNE_TOKEN, ...flags }: ServeFlags) => {
      if (!logLevels.includes(flags.logLevel)) {
        throw new ConfigError(`--log-level is one of ${logLevels.join(", ")}`);
      }
      const bar = new ProgressBar();
      const { serveRun } = await import("../serve/serve-run.ts");
      const server = await interruptible((signal) =>
        serveRun(run, {
          ...{ ...flags, token: token || undefined, signal, onProgress: bar.update },
          isLocal: isLoopback(host),
        }),
      ).finally(() => bar.clear());
      const stopped = stopAtSignal(() => server.stop());
      const address = await server.app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
        throw listenError(error, host, port);
      });
      process.stderr.write(`serving ${run} at ${address}; Ctrl-C stops\n`);
      if (!isLoopback(host) && !token) {
        process.stderr.write(
          "warning: anyone who reaches this address can use it; set a token with TEXTUNE_TOKEN\n",
        );
      }
      await stopped;
    });
}

/** Resolves when the first SIGTERM or SIGINT has stopped the server; a second one ends the process at once. */
function stopAtSignal(stop: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let isStopping = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(1);
        isStopping = true;
        stop().then(resolve, reject);
      });
    }
  });
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);

const reasons: Record<string, string> = {
  EADDRINUSE: "the port is in use; choose another with --port",
  EACCES: "permission denied; choose a port from 1024 with --port",
  EADDRNOTAVAIL: "this machine has no such address; choose another with --host",
  ENOTFOUND: "this machine has no such address; choose another with --host",
};

function listenError(error: NodeJS.ErrnoException, host: string, port: number): unknown {
  const reason = reasons[error.code ?? ""];
  return reason === undefined
    ? error
    : new ConfigError(`can't listen on ${host}:${port}: ${reason}`, { cause: error });
}

/** A flag's whole number. */
const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      `It is not a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""}.`,
    );
  };
