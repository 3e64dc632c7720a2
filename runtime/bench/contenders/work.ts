/** What a process of ours does when it is measured. */
export interface Work {
  /** Before anything is timed; twice the job itself, unless given. */
  warmUp?(): Promise<void>;
  /** Makes ready for the next time, which is no part of it. */
  prepare?(): Promise<void>;
  /** Does the job once. */
  once(): Promise<void>;
  /** What is to be said of it, asked when all is done. */
  about(): Promise<Readonly<Record<string, unknown>>>;
  /** Lets go of what would keep the process alive. */
  close?(): Promise<void>;
}
