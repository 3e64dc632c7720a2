/**
 * What the files of this folder need of a connection to NATS: a `CoreLink` of core NATS, and a `Link` of JetStream too.
 * `connection.ts` makes them from the client library, so that nothing else knows the library; rejections are the library's,
 * and `failures.ts` reads them.
 */
import type {Observable} from 'rxjs';

/** `closed` is for good: this process closed the connection, or the server no longer accepts its credentials. */
export type LinkState = 'connected' | 'away' | 'closed';

/** What a message on a channel is made of. */
export interface Stamped {
  readonly data: Uint8Array;
  /** The protocol version that it says it was written in; empty where it says none. Headers are parsed when asked for. */
  protocol(): string;
}

/** One message as the server sent it; the client's `Msg`, with the status of its headers. */
export interface Msg extends Stamped {
  readonly subject: string;
  /** Its reply subject, where an ack goes; empty on status messages. */
  readonly reply: string;
  /** Of a status message, its code, such as 408; 0 on every other. */
  readonly status: number;
  /** Of a status message that ends a pull request, how many of its messages will not come, where the server says so. */
  readonly pendingMessages?: number | undefined;
}

/** A subscription of core NATS. */
export interface LinkSubscription {
  /** Ends the subscription at once; what is on its way to this process is lost. */
  unsubscribe(): void;
  /** Ends the subscription after everything on its way has been handed over. */
  drain(): Promise<void>;
}

export interface StreamState {
  readonly messages: number;
  /** Of the oldest message that is there; of none, the next one's. */
  readonly firstSequence: number;
  /** 0 before the first message. */
  readonly lastSequence: number;
}

/** How far the processes that share a durable consumer are. */
export interface ConsumerState {
  /** Messages that were delivered and not yet acknowledged. */
  readonly numAckPending: number;
  /** Every message up to this sequence of the stream is acknowledged, or was deleted; 0 before the first. */
  readonly ackFloor: number;
}

/** A publish ack: what a stream says of a message that it was to keep. */
export interface PubAck {
  readonly sequence: number;
  /** The id was published before: nothing was added. */
  readonly duplicate: boolean;
}

/** A connection of core NATS, without JetStream: messages reach whoever is subscribed while they are sent, or nobody. */
export interface CoreLink {
  /** The addresses that were asked for, for a person. */
  readonly address: string;
  /** Whether the server is one of several, which have the streams among them. */
  isCluster(): boolean;
  state(): LinkState;
  /** The present state and every later one; completes when closed. */
  readonly state$: Observable<LinkState>;

  publish(subject: string, payload: Uint8Array | string, reply?: string): void;
  subscribe(subject: string, onMessage: (message: Msg) => void): LinkSubscription;
  /**
   * Resolves when the server has taken all that was sent before, and all that it had sent by then was handed over here.
   * Rejects where the connection is lost first.
   */
  flush(): Promise<void>;

  /** The largest message that the server takes, in bytes. */
  maxPayloadBytes(): number;
  close(): Promise<void>;
}

export interface Link extends CoreLink {
  /** How long a request, or what is to be stored, waits for a server that is away; milliseconds. */
  readonly serverAwayMs: number;
  /**
   * Whether the server takes a new connection and its JetStream says nothing there. Silence on the connection that is open
   * does not tell: a server that cannot write may have stopped reading it.
   */
  isMute(): Promise<boolean>;
  /** Answers so far that came after their requests had ended without: a server that is mute gives none. */
  lateAnswers(): number;
  createInbox(): string;
  /** Resolves to the answer. */
  request(subject: string, payload: string): Promise<Uint8Array>;

  /**
   * One try to add a message to the stream that keeps `subject` (the client's `js.publish` with `msgID`). With `after`, its
   * expected last sequence, a conflict where the stream's newest message is another (0: where it ever held one); a repeated id
   * is none. It is stamped with the protocol version.
   */
  jetStreamPublish(subject: string, data: Uint8Array, id: string, after?: number): Promise<PubAck>;
  /** The same without waiting for the publish ack, and without an id. */
  publishStamped(subject: string, data: Uint8Array): void;
  /** One try to put the only message of `subject` into a store; one that is there is replaced. */
  put(subject: string, data: Uint8Array): Promise<void>;
  /** The only message of a subject of a store. */
  directGet(stream: string, subject: string): Promise<Uint8Array>;
  /**
   * Makes a store where it is missing: a stream of the subjects under `subject` that keeps the newest message of each
   * (`max_msgs_per_subject` of 1), for direct gets.
   *
   * @param maxBytes of all; the oldest messages make room. As many as the server has room for unless given.
   */
  ensureStore(stream: string, subject: string, maxBytes?: number): Promise<void>;
  /** Deletes the messages of the subjects that match. */
  purge(stream: string, subject: string): Promise<void>;
  /** Deletes one message. */
  deleteMessage(stream: string, sequence: number): Promise<void>;
  streamState(stream: string): Promise<StreamState>;
  /** The newest message of a stream, or the one with a sequence. */
  getLastMessage(stream: string, subject: string): Promise<Stamped & {readonly sequence: number}>;
  getMessage(stream: string, sequence: number): Promise<Stamped>;
  /** Makes a stream of one subject where it is missing: a bounded work queue where a capacity is given, else a log. */
  ensureStream(stream: string, subject: string, capacity?: number): Promise<void>;
  deleteStream(stream: string): Promise<void>;
  /** Makes a durable pull consumer with explicit acks, which processes share, where it is missing. */
  ensureDurableConsumer(
    stream: string,
    durable: string,
    ackWaitMs: number,
    maxAckPending: number,
  ): Promise<void>;
  consumerState(stream: string, consumer: string): Promise<ConsumerState>;
  /** Makes a pull consumer without acks, in the server's memory, for this process only; resolves to its name. */
  createEphemeralConsumer(stream: string, fromSequence: number): Promise<string>;
  deleteConsumer(stream: string, consumer: string): Promise<void>;

  readonly bucket: Bucket;
  /** Has `stop` called by `close`, which waits for it a while, before the connection goes. Returns what undoes that. */
  beforeClose(stop: () => Promise<void>): () => void;
}

export interface BucketEntry {
  readonly value: string;
  readonly revision: number;
  /** When it was put, by the server's clock; milliseconds since 1970-01-01 UTC. */
  readonly timeMs: number;
}

/** A key-value bucket of the server. */
export interface Bucket {
  get(key: string): Promise<BucketEntry | undefined>;
  /** What the server keeps of a key's values, the newest first. */
  history(key: string): Promise<BucketEntry[]>;
  put(key: string, value: string): Promise<number>;
  /** Rejects with a conflict where the key's revision is another; 0 means that there is no value. */
  putIf(key: string, value: string, revision: number): Promise<number>;
  /** Hands over the present value and later ones until `stop` is called; a lost connection may delay them. */
  watch(key: string, onEntry: (entry: BucketEntry) => void): Promise<{stop(): void}>;
  delete(): Promise<void>;
}
