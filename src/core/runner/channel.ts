/** The way to another thread and back: a worker's port, as the host has it. Messages arrive in order. */
export interface Channel {
  /** Sends what the structured clone algorithm can copy; shared memory is shared. */
  post(message: unknown): void;
  /** Called once, with what takes every message that arrives. */
  listen(take: (message: unknown) => void): void;
}
