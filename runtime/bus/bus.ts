/** The bus as actors and commands see it: typed messages on the channels of `subjects.ts`, and a run's key-value bucket. */
import type {Observable} from 'rxjs';
import type {ChannelName, LogName, MessageOf, QueueName} from './channels/subjects.js';
import type {PubAck} from './connection/link.js';
import type {Answers} from './content/answers.js';
import type {Blobs} from './content/blobs.js';

/** A message delivered from a queue. Exactly one of ack, nak and term ends it; until then the server has it as ack pending. */
export interface Delivery<T> {
  readonly message: T;
  /** Sequence in the stream: the same on every delivery of this message. */
  readonly sequence: number;
  /** 1 for the first delivery. */
  readonly deliveryCount: number;
  /** Resolves when the server has removed the message. Call it after the effect. */
  ack(): Promise<void>;
  /** Gives the message back: it is delivered again, to whichever reader is free, after a while. */
  nak(delayMs: number): void;
  /** Removes the message for good without an effect; the caller has published why. */
  term(reason: string): void;
}

/** A message read from a log. */
export interface Entry<T> {
  readonly message: T;
  readonly sequence: number;
}

/** What a channel's stream holds now. */
export interface ChannelState {
  /** Messages in the stream; of a queue, those not yet acknowledged. */
  readonly messages: number;
  /** Sequence of the newest message ever published; 0 before the first. */
  readonly lastSequence: number;
  /** Of a queue, messages delivered and not yet acknowledged; one that was nak-ed counts until it is delivered again. */
  readonly numAckPending: number;
}

/** A run's key-value bucket: small values that every process sees at once. They are JSON, so that an operator can edit them. */
export interface KeyValues {
  get<T>(key: KvKey): Promise<KvEntry<T> | undefined>;
  put<T>(key: KvKey, value: T): Promise<number>;
  /**
   * Puts only where the key's revision still is `revision` (0: where there is no value). Resolves to its revision from then on, and to
   * undefined where it was another.
   */
  compareAndSet<T>(key: KvKey, value: T, revision: number): Promise<number | undefined>;
  /** The present value, if any, and every later one; survives reconnects. */
  watch<T>(key: KvKey): Observable<T>;
}
export interface KvEntry<T> {
  readonly value: T;
  readonly revision: number;
  /** When it was put, by the server's clock; milliseconds since 1970-01-01 UTC. */
  readonly timeMs: number;
}
export type KvKey =
  | 'origin'
  | 'holder'
  | 'progress'
  | 'phase'
  | 'fleet'
  | 'scale'
  | 'actors'
  | 'shards'
  | 'prompts'
  | 'usage'
  | 'best'
  | 'unscored';

export interface Bus {
  readonly run: string;
  /** The server's address as it was given. */
  readonly url: string;
  readonly kv: KeyValues;
  /** Content that is too large for a message, by its hash. */
  readonly blobs: Blobs;
  /** What models answered in this run and in others of the server. */
  readonly answers: Answers;
  /** Bytes that a message may have on this server. */
  mostBytes(): number;
  /**
   * Publishes once: a second message with the same id is dropped by the server, in a queue for two minutes and in a log for a
   * week. Waits while a queue is full and while the server is away, and tries again with the same id.
   *
   * @throws MessageTooLarge where the server has no room for it.
   * @param id its `Nats-Msg-Id`: unique in the channel; made from the ids of what the message comes from, never from a clock or
   * a counter.
   * @param signal gives up waiting, with the signal's reason.
   */
  publish<N extends ChannelName>(
    channel: N,
    message: MessageOf<N>,
    id: string,
    signal?: AbortSignal,
  ): Promise<PubAck>;
  /**
   * Publishes to a log only where its newest entry that can be read still is `after` (0 before the first), which is the message's
   * expected last sequence: of two writers that both believe they are the only one, the second is refused. Resolves to false
   * then.
   */
  publishAfter<N extends LogName>(
    log: N,
    message: MessageOf<N>,
    options: {readonly id: string; readonly after: number; readonly signal?: AbortSignal | undefined},
  ): Promise<PubAck | false>;
  /**
   * Makes an entry of a log that is missing for good: the next one has the sequence after it. One that is missing already
   * stays so.
   */
  leaveOut(log: LogName, sequence: number): Promise<void>;
  /** Sends a row to the metrics log and forgets it: metrics may be lost, work may not. */
  report(row: MessageOf<'metrics'>): void;
  /**
   * A queue's messages, each to one reader in the run. Never more than `maxInFlight` are pending or held here: the next is
   * pulled when one is ended, so any operator may follow. The server is told of messages at work that they are in progress,
   * however long they take.
   *
   * Unsubscribing stops pulling; `drain$` emitting completes the stream once, with what is in flight left to finish.
   */
  deliveries<N extends QueueName>(
    queue: N,
    options: {readonly maxInFlight: number; readonly drain$: Observable<unknown>},
  ): Observable<Delivery<MessageOf<N>>>;
  /** The same for a log: each entry to one reader of that durable consumer, entries before the first reader included. */
  sharedEntries<N extends LogName>(
    log: N,
    options: {readonly durable: string; readonly maxInFlight: number; readonly drain$: Observable<unknown>},
  ): Observable<Delivery<MessageOf<N>>>;
  /**
   * A log in order, from a sequence on, then as it grows, by an ordered consumer. The Observable does not hold back: for readers
   * that keep up.
   * What cannot be read, or is of another protocol version, is passed over and said in the rejections.
   */
  entries<N extends LogName>(log: N, from: LogStart): Observable<Entry<MessageOf<N>>>;
  /** The same, pulled: nothing more than a small prefetch is held while the caller is busy. `return()` releases it. */
  read<N extends LogName>(log: N, from: LogStart): AsyncIterableIterator<Entry<MessageOf<N>>>;
  /** The newest entry of a log that can be read. */
  last<N extends LogName>(log: N): Promise<Entry<MessageOf<N>> | undefined>;
  state(channel: ChannelName): Promise<ChannelState>;
  /** Deletes the run's streams, blobs and key-value bucket. */
  deleteRun(): Promise<void>;
  /** Sends what is waiting and closes. */
  drain(): Promise<void>;
}

/** `latest`: the newest entry there is, then later ones (deliver policy `last`). `new`: only later ones. */
export type LogStart = LogRange | 'latest' | 'new';

export interface LogRange {
  readonly sequence: number;
  /** The reading ends with this one, whether it can be read or not; it goes on for ever unless given. */
  readonly through?: number | Promise<number>;
  /** Told of each entry that cannot be read, once that is published. */
  readonly onUnreadable?: (sequence: number) => void;
}

export interface BusOptions {
  /** Such as nats://127.0.0.1:4222; several, separated by commas, for a cluster. */
  readonly url: string;
  readonly run: string;
  /** Shown by the server beside the connection, such as `sampler-0`. */
  readonly name: string;
  /** Messages that each queue has room for, at least; as many as `subjects.ts` says unless given. */
  readonly queueCapacity?: number;
  /** How long a request or a publication waits for a server that is away; half a minute unless given. Milliseconds. */
  readonly serverAwayMs?: number;
  /** Copies of each stream that is made; 3 in a cluster, else 1, unless given. Streams that are there keep theirs. */
  readonly replicas?: number | undefined;
}
