/** The connection to NATS. The only file that knows the client library; the rest of this folder stands on `Link`. */
import {setTimeout as sleep} from 'node:timers/promises';
import {
  AckPolicy,
  type ConnectionOptions,
  connect,
  createInbox,
  credsAuthenticator,
  DeliverPolicy,
  DiscardPolicy,
  Events,
  headers,
  type JetStreamManager,
  JsHeaders,
  type MsgHdrs,
  type NatsConnection,
  nanos,
  nkeyAuthenticator,
  nuid,
  RetentionPolicy,
  StorageType,
} from 'nats';
import {BehaviorSubject} from 'rxjs';
import {TerminalError} from '../../errors.js';
import type {BusOptions} from '../bus.js';
import {PROTOCOL_HEADER, PROTOCOL_VERSION} from '../channels/protocol.js';
import {kvBucketOf, RUN_PATTERN} from '../channels/subjects.js';
import {bucketOf} from './bucket.js';
import {createWriteCoalescer} from './coalesced-writes.js';
import {accessTo, type Credentials} from './credentials.js';
import {clientErrorWith, explain, failureOf, unlessMissing, unopened, withoutJetStream} from './failures.js';
import type {CoreLink, Link, LinkState} from './link.js';
import {mutenessOf} from './mute.js';
import {pubAckOf} from './pub-ack.js';
import {ANSWER_TIMEOUT_MS, openRequests} from './request-reply.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** As long as a person waits for a command. Whoever works for a run is told how long by its fleet. */
const SERVER_AWAY_MS = 30_000;
/** In a cluster: one of the nodes may be lost, with all that it kept. */
const CLUSTER_REPLICAS = 3;
/** A server that is killed and started again is back within a second; nobody needs to hurry more than this. */
const RECONNECT_WAIT_MS = 250;
const PING_INTERVAL_MS = 20_000;
const CLOSE_TIMEOUT_MS = 5_000;
/** How long the server drops a second message of an id, held in memory for so long. One that takes longer is worked on twice. */
const QUEUE_DUPLICATE_WINDOW_MS = 2 * 60_000;
/** Longer for logs: a run that is taken up again days later must not write an entry twice. */
const LOG_DUPLICATE_WINDOW_MS = 7 * 24 * 60 * 60_000;
/** An ephemeral consumer that nobody pulled from for so long belonged to a process that died; a live one may be busy until then. */
const INACTIVE_THRESHOLD_MS = 60 * 60_000;
const KV_HISTORY = 16;
/** The server's own default, until it has said what it takes. */
const DEFAULT_MAX_PAYLOAD_BYTES = 1024 * 1024;
/** What a stream reads of a message that it is to keep: its id, and the sequence of the one that must be the newest. */
const ID_HEADER = 'Nats-Msg-Id';
const NEWEST_HEADER = 'Nats-Expected-Last-Sequence';
/** Pull requests that may wait at a consumer, of all processes that share it. */
const MAX_WAITING = 4_096;

/** What the bus stands on: a connection with the run's key-value bucket, without its streams. */
export const openLink = async (options: BusOptions): Promise<Link> => {
  const {run, url, name} = options;
  if (!RUN_PATTERN.test(run)) {
    throw new TerminalError(`'${run}' cannot be the id of a run: use up to 64 letters, digits, '-' and '_'`);
  }
  const {connection, shown} = await dial(url, `${run}/${name}`);
  try {
    return await linkOf(connection, shown, options);
  } catch (error) {
    await connection.close();
    throw unopened(error, shown, `preparing the run ${run}`, isCluster(connection));
  }
};

/** A connection of core NATS, which hears none of its own messages (`noEcho`). `name` says whose it is. */
export const openCoreLink = async ({url, name}: Pick<BusOptions, 'url' | 'name'>): Promise<CoreLink> => {
  const {connection, shown} = await dial(url, name, true);
  return coreLinkOf(connection, shown);
};

/** The runs that have a key-value bucket on a server, in order of their ids. */
export const listRuns = async (url: string): Promise<string[]> => {
  const {connection, shown} = await dial(url, 'list-runs');
  try {
    const jsm = await connection.jetstreamManager({timeout: ANSWER_TIMEOUT_MS});
    const runs: string[] = [];
    for await (const stream of jsm.streams.names()) {
      const run = /^KV_ANCHORAGE_(.+)_control$/.exec(stream)?.[1];
      if (run !== undefined && kvBucketOf(run) === stream.slice('KV_'.length)) runs.push(run);
    }
    return runs.sort();
  } catch (error) {
    throw failureOf(error) === 'noResponders'
      ? withoutJetStream(shown)
      : explain(error, shown, 'listing its runs');
  } finally {
    await connection.close();
  }
};

const dial = async (
  url: string,
  name: string,
  noEcho = false,
): Promise<{readonly connection: NatsConnection; readonly shown: string}> => {
  const {servers, shown, credentials, tls} = accessTo(url);
  try {
    const connection = await connect({
      ...optionsOf(credentials),
      ...(tls && {tls}),
      servers: [...servers],
      name: `anchorage ${name}`,
      timeout: CONNECT_TIMEOUT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_WAIT_MS,
      waitOnFirstConnect: false,
      pingInterval: PING_INTERVAL_MS,
      noEcho,
      noAsyncTraces: true, // a stack trace for every request costs more than the request
    });
    return {connection, shown};
  } catch (error) {
    throw explain(error, shown, 'connecting');
  }
};

const optionsOf = (credentials: Credentials): ConnectionOptions => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  if ('creds' in credentials) return {authenticator: credsAuthenticator(bytes(credentials.creds))};
  return 'seed' in credentials ? {authenticator: nkeyAuthenticator(bytes(credentials.seed))} : credentials;
};

/** The states of a connection; ends with an error where the server ends the connection for good. */
const statesOf = (connection: NatsConnection, shown: string): BehaviorSubject<LinkState> => {
  const state$ = new BehaviorSubject<LinkState>('connected');
  const follow = async (): Promise<void> => {
    for await (const {type} of connection.status()) {
      if (type === Events.Disconnect) state$.next('away');
      // A connection that is being closed may come back once more, and takes nothing then.
      if (type === Events.Reconnect && !connection.isDraining()) state$.next('connected');
    }
  };
  const end = async (): Promise<void> => {
    const error = await connection.closed();
    state$.next('closed');
    if (error === undefined) state$.complete();
    else state$.error(explain(error, shown, 'staying connected'));
  };
  follow().catch((error) => state$.error(error));
  end().catch((error) => state$.error(error));
  return state$;
};

/** Hears of each subject that the server does not permit. */
const onPermissionsViolation = (connection: NatsConnection, hear: (subject: string) => void): void => {
  const follow = async (): Promise<void> => {
    for await (const {permissionContext} of connection.status())
      if (permissionContext !== undefined) hear(permissionContext.subject);
  };
  follow().catch(() => undefined); // `statesOf` hears of it too
};

const coreLinkOf = (connection: NatsConnection, shown: string): CoreLink => {
  const state$ = statesOf(connection, shown);
  let state: LinkState = 'connected';
  state$.subscribe({
    next(changed) {
      state = changed;
    },
    error() {
      state = 'closed';
    },
  });

  return {
    address: shown,
    isCluster: () => isCluster(connection),
    state: () => (connection.isDraining() ? 'closed' : state), // the client throws at whatever is sent meanwhile
    state$,

    publish(subject, payload, reply) {
      connection.publish(subject, payload, reply === undefined ? {} : {reply});
    },
    subscribe(subject, onMessage) {
      const subscription = connection.subscribe(subject, {
        callback(error, message) {
          // An error here is a refused subscription, which the requests made through it report by not being answered.
          if (error !== null) return;
          const {subject, reply = '', data} = message;
          const protocol = () => protocolIn(message.headers);
          // Headers are parsed when they are asked for, and what can be answered has no status.
          const status = reply === '' ? (message.headers?.code ?? 0) : 0;
          const pendingMessages = status === 0 ? undefined : pendingMessagesIn(message.headers);
          onMessage({subject, reply, data, protocol, status, pendingMessages});
        },
      });
      return {unsubscribe: () => subscription.unsubscribe(), drain: () => subscription.drain()};
    },
    flush: () => connection.flush(),

    maxPayloadBytes: () => connection.info?.max_payload ?? DEFAULT_MAX_PAYLOAD_BYTES,
    async close() {
      // While the server is away there is nothing to wait for: what was not sent is sent again by whoever resumes.
      if (state === 'connected')
        await Promise.race([connection.drain(), sleep(CLOSE_TIMEOUT_MS, undefined, {ref: false})]);
      await connection.close();
    },
  };
};

const linkOf = async (
  connection: NatsConnection,
  shown: string,
  {run, url, name, serverAwayMs = SERVER_AWAY_MS, replicas}: BusOptions,
): Promise<Link> => {
  const num_replicas = replicas ?? (isCluster(connection) ? CLUSTER_REPLICAS : 1);
  const jetstream = connection.jetstream({timeout: ANSWER_TIMEOUT_MS});
  let jsm: JetStreamManager;
  try {
    jsm = await connection.jetstreamManager({timeout: ANSWER_TIMEOUT_MS});
  } catch (error) {
    throw failureOf(error) === 'noResponders' ? withoutJetStream(shown) : error;
  }
  const kv = await jetstream.views.kv(kvBucketOf(run), {
    history: KV_HISTORY,
    replicas: num_replicas,
  });
  const inOneWrite = createWriteCoalescer();
  const coreLink = coreLinkOf(connection, shown);
  const requests = openRequests(coreLink, createInbox(), ANSWER_TIMEOUT_MS);
  onPermissionsViolation(connection, (subject) => requests.onPermissionsViolation(subject));
  const request = (subject: string, payload: Uint8Array | string, stamped?: MsgHdrs): Promise<Uint8Array> =>
    inOneWrite(() =>
      requests.request(subject, (reply) =>
        connection.publish(subject, payload, {reply, ...(stamped && {headers: stamped})}),
      ),
    );
  const stops = new Set<() => Promise<void>>();
  return {
    ...coreLink,
    serverAwayMs,
    isMute: mutenessOf(() => openCoreLink({url, name: `${run}/${name}-sounding`})),
    lateAnswers: requests.lateAnswers,
    createInbox: () => createInbox(),
    request: (subject, payload) => request(subject, payload),
    async jetStreamPublish(subject, data, id, after) {
      const stamped = stamp();
      stamped.set(ID_HEADER, id);
      if (after !== undefined) stamped.set(NEWEST_HEADER, String(after));
      return pubAckOf(await request(subject, data, stamped));
    },
    publishStamped(subject, data) {
      connection.publish(subject, data, {headers: stamp()});
    },
    async put(subject, data) {
      pubAckOf(await request(subject, data));
    },
    async directGet(stream, subject) {
      // As bytes: what the stream's API answers would be base64 in JSON.
      const getSubject = `$JS.API.DIRECT.GET.${stream}.${subject}`;
      const answer = await connection.request(getSubject, undefined, {timeout: ANSWER_TIMEOUT_MS});
      const {data, headers: found} = answer;
      if (found === undefined || found.code < 300) return data;
      throw clientErrorWith(found.description, String(found.code));
    },
    async ensureStore(stream, subject, maxBytes) {
      const config = {
        name: stream,
        subjects: [`${subject}.>`],
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.Old,
        max_msgs_per_subject: 1,
        allow_direct: true,
        ...(maxBytes === undefined ? {} : {max_bytes: maxBytes}),
      };
      try {
        await jsm.streams.add({...config, num_replicas});
      } catch (error) {
        if (failureOf(error) !== 'exists') throw error; // other copies than ours are somebody's decision
      }
    },
    async purge(stream, subject) {
      await jsm.streams.purge(stream, {filter: subject});
    },
    async deleteMessage(stream, sequence) {
      await jsm.streams.deleteMessage(stream, sequence, false);
    },
    async streamState(stream) {
      const {
        state: {messages, first_seq, last_seq},
      } = await jsm.streams.info(stream);
      return {messages, firstSequence: first_seq, lastSequence: last_seq};
    },
    async getLastMessage(stream, subject) {
      const {data, seq, header} = await jsm.streams.getMessage(stream, {last_by_subj: subject});
      return {data, sequence: seq, protocol: () => protocolIn(header)};
    },
    async getMessage(stream, sequence) {
      const {data, header} = await jsm.streams.getMessage(stream, {seq: sequence});
      return {data, protocol: () => protocolIn(header)};
    },
    async ensureStream(stream, subject, capacity) {
      const config = {
        name: stream,
        subjects: [subject],
        storage: StorageType.File,
        duplicate_window: nanos(capacity === undefined ? LOG_DUPLICATE_WINDOW_MS : QUEUE_DUPLICATE_WINDOW_MS),
        ...(capacity === undefined
          ? {retention: RetentionPolicy.Limits}
          : {retention: RetentionPolicy.Workqueue, discard: DiscardPolicy.New, max_msgs: capacity}),
      };
      try {
        await jsm.streams.add({...config, num_replicas});
      } catch (error) {
        if (failureOf(error) !== 'exists') throw error;
        const {max_msgs: room} = (await jsm.streams.info(stream)).config;
        // Whoever opened the run with more room for its queues needs it. Other copies than ours are somebody's decision.
        const roomy = capacity === undefined ? config : {...config, max_msgs: Math.max(capacity, room)};
        await jsm.streams.update(stream, roomy);
      }
    },
    async deleteStream(stream) {
      await jsm.streams.delete(stream);
    },

    async ensureDurableConsumer(stream, durable, ackWaitMs, maxAckPending) {
      const limits = {ack_wait: nanos(ackWaitMs), max_ack_pending: maxAckPending};
      const config = {
        ...limits,
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        max_waiting: MAX_WAITING,
      };
      const add = () => jsm.consumers.add(stream, config);
      const change = (error: unknown) => {
        if (failureOf(error) !== 'exists') throw error;
        return jsm.consumers.update(stream, durable, limits);
      };
      const {delivered} = await add().catch(change);
      const {state} = await jsm.streams.info(stream);
      // A server whose disk was full may have lost messages that it had delivered. It gives their sequences to new ones, which a
      // consumer that is past them would never deliver.
      if (delivered.stream_seq <= state.last_seq) return;
      // Another process may have seen the same.
      await unlessMissing(jsm.consumers.delete(stream, durable));
      await add();
    },
    async consumerState(stream, consumer) {
      const {num_ack_pending, ack_floor} = await jsm.consumers.info(stream, consumer);
      return {numAckPending: num_ack_pending, ackFloor: ack_floor.stream_seq};
    },
    async createEphemeralConsumer(stream, fromSequence) {
      const {name} = await jsm.consumers.add(stream, {
        name: `ordered-${nuid.next()}`,
        ack_policy: AckPolicy.None,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: fromSequence,
        inactive_threshold: nanos(INACTIVE_THRESHOLD_MS),
        mem_storage: true,
        num_replicas: 1,
        max_waiting: MAX_WAITING,
      });
      return name;
    },
    async deleteConsumer(stream, consumer) {
      await jsm.consumers.delete(stream, consumer);
    },

    bucket: bucketOf(kv),
    beforeClose(stop) {
      stops.add(stop);
      return () => stops.delete(stop);
    },
    async close() {
      if (coreLink.state() === 'connected') {
        const stopped = Promise.allSettled([...stops].map((stop) => stop()));
        await Promise.race([stopped, sleep(CLOSE_TIMEOUT_MS, undefined, {ref: false})]);
      }
      await coreLink.close();
    },
  };
};

const isCluster = ({info}: NatsConnection): boolean => (info?.cluster ?? '') !== '';

const stamp = (): MsgHdrs => {
  const stamped = headers();
  stamped.set(PROTOCOL_HEADER, PROTOCOL_VERSION);
  return stamped;
};
const protocolIn = (found: MsgHdrs | undefined): string => found?.get(PROTOCOL_HEADER) ?? '';

const pendingMessagesIn = (headers: MsgHdrs | undefined): number | undefined => {
  const text = headers?.get(JsHeaders.PendingMessagesHdr) ?? '';
  return text === '' ? undefined : Number(text);
};
