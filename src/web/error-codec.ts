import {
  ConfigError,
  DataError,
  HubError,
  Interrupted,
  ModelError,
  OutputError,
  TextuneError,
  TrainingError,
} from "../core/errors.ts";
import type { ErrorCodec } from "./channel.ts";

/** Errors that a worker throws and a page is to tell apart, by a name that a bundler can't change. */
const classes: Readonly<Record<string, new (message: string) => TextuneError>> = {
  config: ConfigError,
  data: DataError,
  hub: HubError,
  interrupted: Interrupted,
  model: ModelError,
  output: OutputError,
  training: TrainingError,
  textune: TextuneError,
};

interface ErrorData {
  /** Of `classes`; undefined for an error that is no one's fault but ours. */
  kind: string | undefined;
  name: string;
  message: string;
  stack: string | undefined;
}

/** Errors as data and back: the class and message stay, and the stack of where it happened. */
export const errorCodec: ErrorCodec = {
  encode(error): ErrorData {
    const kind = Object.keys(classes).find((name) => error instanceof classes[name]!);
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    return { kind, name, message, stack };
  },
  decode(data) {
    const { kind, name, message, stack } = data as ErrorData;
    const Kind = kind === undefined ? undefined : classes[kind];
    const error = Kind ? new Kind(message) : new Error(message);
    if (!Kind) error.name = name;
    if (stack !== undefined) error.stack = stack;
    return error;
  },
};
