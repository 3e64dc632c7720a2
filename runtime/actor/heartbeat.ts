/** What an actor's process tells its supervisor every second: whether it has work in hand, and whether that goes on. */

export interface Heartbeat {
  readonly kind: 'heartbeat';
  /** Pieces of work taken up and ended since the process began, and under way now. */
  readonly in: number;
  readonly out: number;
  readonly busy: number;
  /** How long the oldest of those under way has been; milliseconds, 0 without one. */
  readonly oldestMs: number;
  /** What the oldest is, such as `training`; undefined without one, and for a message. */
  readonly doing?: string | undefined;
  /** How long the last one of its kind took; milliseconds, undefined before the first. */
  readonly beforeMs?: number | undefined;
  /** How long nothing has come forward although work is in hand; milliseconds, 0 without any or while the bus is waited for. */
  readonly unchangedMs: number;
  /** Processor time of the whole process in that time; milliseconds. */
  readonly cpuUnchangedMs: number;
  /** The longest that a piece of work took; milliseconds. */
  readonly longestMs: number;
}

/** Reads a heartbeat from what a child sent; undefined for anything else. */
export const heartbeatIn = (message: unknown): Heartbeat | undefined =>
  message !== null && typeof message === 'object' && 'kind' in message && message.kind === 'heartbeat'
    ? (message as Heartbeat)
    : undefined;
