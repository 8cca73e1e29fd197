/** Options of every textune error: `cause` keeps the original for `--verbose`. */
export interface ErrorContext {
  cause?: unknown;
}

/**
 * Base of every error that the user can do something about. Its message is one line that says what is wrong,
 * where, and what to do; the command line prints it without a stack trace and exits with code 1. Anything else
 * that is thrown is a bug in textune.
 */
export class TextuneError extends Error {
  constructor(message: string, context: ErrorContext = {}) {
    super(message, context);
    this.name = new.target.name;
  }
}

/** A recipe, flag or option that can't work: unknown key, wrong type, impossible combination. */
export class ConfigError extends TextuneError {}

/** Data that can't be read or doesn't fit: unknown dataset, split or column, a malformed file, a bad label. */
export class DataError extends TextuneError {}

/** A model that can't be read or doesn't fit: unknown name, unsupported architecture, damaged weights. */
export class ModelError extends TextuneError {}

/** The hub could not be reached or refused: offline, not found, not authorised, a broken download. */
export class HubError extends TextuneError {}

/** Training can't go on: a loss that is not a number, a checkpoint that doesn't match the run. */
export class TrainingError extends TextuneError {}

/** An exported model that answers too unlike the one that it was made from. */
export class ExportError extends TextuneError {}

/** A file or folder that can't be written: no permission, disk full. */
export class OutputError extends TextuneError {}

/**
 * The user stopped the work (Ctrl-C or an abort signal); what was finished stays. Its name is `AbortError`, as that of
 * other work that an `AbortSignal` stops, and its cause the signal's reason.
 */
export class Interrupted extends TextuneError {
  constructor(message = "stopped by the user", context: ErrorContext = {}) {
    super(message, context);
    this.name = "AbortError";
  }
}
