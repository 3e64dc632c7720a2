/** What a failure of the NATS client means: the one place that knows the server's and the client's error codes. */
import {RetryableError, TerminalError} from '../../errors.js';
import type {Link} from './link.js';

/** The status of a server's answer to a request on a subject that nobody is subscribed to. */
export const NO_RESPONDERS = 503;

/** What JetStream answers where it does not do as it was asked. */
export interface ApiError {
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
}

/** The parts of the client's errors that say what went wrong. */
interface ClientError {
  readonly message: string;
  readonly code?: string;
  readonly api_error?: {readonly err_code?: number; readonly description: string};
  readonly chainedError?: Error;
}

/**
 * - `full`: a bounded queue refuses more for now.
 * - `away`: the server, or its JetStream, does not answer for now.
 * - `timeout`: a request was not answered in time.
 * - `noResponders`: the server answers that nobody is subscribed to this subject: a stream is missing, or JetStream is, or
 *   both are about to come back.
 * - `missing`: the stream, consumer, message or value is not there.
 * - `conflict`: somebody else changed the value first.
 * - `exists`: there is a stream or consumer of that name with another configuration.
 */
export type Failure =
  | 'full'
  | 'away'
  | 'timeout'
  | 'noResponders'
  | 'missing'
  | 'conflict'
  | 'exists'
  | 'other';

const apiFailures: Readonly<Record<number, Failure>> = {
  10008: 'away', // JetStream system temporarily unavailable
  10009: 'away', // no cluster leader yet
  10118: 'away', // the node of a cluster that keeps the stream is away
  10014: 'missing', // consumer not found
  10037: 'missing', // no message found
  10058: 'exists', // stream name in use with another configuration
  10059: 'missing', // stream not found
  10013: 'exists', // consumer name in use
  10148: 'exists', // consumer exists with another configuration
  10071: 'conflict', // wrong last sequence
};
const STORE_FAILED = 10077;
const outOfRoom = new Set([10023, 10028, 10047, STORE_FAILED]);
const notEnabled = new Set([10035, 10039, 10076]);
/** More copies than there are nodes, or any but one where there is no cluster. */
const tooManyCopies = new Set([10005, 10074]);

const clientErrorOf = (error: unknown): ClientError =>
  error instanceof Error ? error : {message: String(error)};

export const failureOf = (error: unknown): Failure => {
  const {code, api_error: api, message} = clientErrorOf(error);
  if (api?.err_code === STORE_FAILED && api.description.includes('maximum messages')) return 'full';
  // Said by a server that was to delete a message, under a number for all that may fail in that.
  if (api?.description === 'no message found') return 'missing';
  if (api?.err_code !== undefined) return apiFailures[api.err_code] ?? 'other';
  if (code === '404') return 'missing';
  if (code === String(NO_RESPONDERS)) return 'noResponders';
  if (code === 'TIMEOUT') return 'timeout';
  if (code === 'DISCONNECT') return 'away';
  return message === 'stream not found' || message === 'consumer not found' ? 'missing' : 'other';
};

/** The errors of requests that this folder makes itself, as the client would put them. */
export const clientErrorWith = (message: string, code: string): Error =>
  Object.assign(new Error(message), {code});
export const timedOut = (): Error => clientErrorWith('no answer', 'TIMEOUT');
export const noResponders = (): Error => clientErrorWith('no responders', String(NO_RESPONDERS));
export const notPermitted = (subject: string): Error => clientErrorWith(subject, 'PERMISSIONS_VIOLATION');
export const apiErrorOf = (api: ApiError): Error =>
  Object.assign(clientErrorWith(api.description, String(api.code)), {api_error: api});

const refusedCodes = new Set([
  'AUTHORIZATION_VIOLATION',
  'AUTHENTICATION_EXPIRED',
  'ACCOUNT_EXPIRED',
  'BAD_AUTHENTICATION',
  'BAD_CREDS',
]);
/** What Node says of a certificate that it does not trust. */
const untrusted = /^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_|ERR_TLS_CERT)/;
const unreachableCodes = new Set([
  'CONNECTION_REFUSED',
  'CONNECTION_TIMEOUT',
  'TIMEOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const closedCodes = new Set(['CONNECTION_CLOSED', 'CONNECTION_DRAINING']);

/** Where the server's JetStream is off; `503` is what any of its subjects answers then. */
export const withoutJetStream = (address: string): TerminalError =>
  new TerminalError(
    `the NATS server at ${address} runs without JetStream: start it with 'nats-server -js'; ` +
      'if it had it, it could not write, and its log says why: a full disk, say',
  );

/** Servers turn it off when they cannot write, and stay so until they are started again. */
const CANNOT_WRITE =
  'its log says why; where its disk is full, free it; then start it again, and take the run up again';

/** Where it was on. */
export const jetStreamOff = (address: string, doing: string): TerminalError =>
  new TerminalError(
    `the NATS server at ${address} has its JetStream off now, while ${doing}: ${CANNOT_WRITE}`,
  );

const NO_MAJORITY =
  'too many of its nodes are away, or the only one that keeps this; start them again, and take the run up again';

/**
 * Where it is mute, saying nothing while the server itself does: an old server that could not write hangs so, and a cluster
 * without a leader.
 */
export const jetStreamMute = (address: string, doing: string, isCluster = false): string =>
  isCluster
    ? `the NATS cluster at ${address} has no leader while ${doing}: ${NO_MAJORITY}`
    : `the NATS server at ${address} answers, but its JetStream does not, while ${doing}: ${CANNOT_WRITE}`;

/** How long one server's JetStream says nothing while the server itself answers, before that is taken for good. */
export const MUTE_AFTER_MS = 30_000;

/** Thrown where a server that is none of a cluster's took a connection, and its JetStream says nothing. */
export class JetStreamMute extends RetryableError {
  override name = 'JetStreamMute';
}

/** Where it was waited for as long as it may be away. */
export const stayedAway = (
  link: Pick<Link, 'address' | 'serverAwayMs' | 'state' | 'isCluster'>,
  doing: string,
): RetryableError => {
  const {address, serverAwayMs} = link;
  const waited = `${Math.round(serverAwayMs / 1000)} s`;
  const remedy = 'start it again, and take the run up again';
  return new RetryableError(
    link.isCluster() && link.state() === 'connected'
      ? `the NATS cluster at ${address} did not answer for ${waited} while ${doing}: ${NO_MAJORITY}`
      : `no answer from the NATS server at ${address} for ${waited} while ${doing}: it is away, or stands still; ${remedy}`,
  );
};

/** Thrown where a message has no room on the server: nothing was sent. */
export class MessageTooLarge extends TerminalError {
  override name = 'MessageTooLarge';
}

export const tooLarge = (address: string, doing: string, bytes: number, mostBytes: number): MessageTooLarge =>
  new MessageTooLarge(
    `a message is too large for the NATS server at ${address} while ${doing}: it has ${bytes} bytes, and ${mostBytes} are taken; raise its max_payload`,
  );

/** Where the streams of a run are no longer there. */
export const deleted = (address: string, doing: string): TerminalError =>
  new TerminalError(`${doing} failed: the run was deleted from the NATS server at ${address}`);

/**
 * The error for a person, as a TerminalError or RetryableError with one line.
 *
 * @param doing what failed, such as `publishing to completions`
 */
export const explain = (error: unknown, address: string, doing: string): Error => {
  if (error instanceof TerminalError || error instanceof RetryableError) return error;
  const {code = '', api_error: api, message, chainedError} = clientErrorOf(error);
  if (notEnabled.has(api?.err_code ?? 0)) return withoutJetStream(address);
  if (failureOf(error) === 'missing') return deleted(address, doing);
  if (outOfRoom.has(api?.err_code ?? 0)) {
    return new TerminalError(
      `the NATS server at ${address} has no room (${api?.description}) while ${doing}: free its disk or raise its JetStream limits, start it again, and take the run up again`,
    );
  }
  if (tooManyCopies.has(api?.err_code ?? 0)) {
    return new TerminalError(
      `the NATS server at ${address} cannot keep so many copies of a stream (${api?.description}) while ${doing}: ` +
        'start more of its cluster’s nodes with JetStream, or lower `replicas`, 3 in a cluster unless given',
    );
  }
  if (refusedCodes.has(code)) {
    return new TerminalError(
      `the NATS server at ${address} refuses the credentials: put USER:PASSWORD@ or TOKEN@ before the host in NATS_URL, ` +
        'or name a file by NATS_CREDS or NATS_NKEY',
    );
  }
  const tlsCode = [error, chainedError].map((each) => clientErrorOf(each).code ?? '');
  if (tlsCode.some((each) => untrusted.test(each))) {
    return new TerminalError(
      `the certificate of the NATS server at ${address} is not trusted (${chainedError?.message ?? message}): give its authority in NATS_CA`,
    );
  }
  if (code === 'SERVER_OPT_NA' && message === 'tls') {
    return new TerminalError(
      `the NATS server at ${address} speaks no TLS: give its address as nats://, or have it use TLS`,
    );
  }
  if (code === 'PERMISSIONS_VIOLATION') {
    return new TerminalError(
      `the NATS server at ${address} does not permit ${doing} (${message}): allow this user anchorage.>, $JS.>, $KV.> and _INBOX.>`,
    );
  }
  if (code === 'MAX_PAYLOAD_EXCEEDED') {
    return new TerminalError(
      `a message is too large for the NATS server at ${address} while ${doing}: raise its max_payload`,
    );
  }
  if (closedCodes.has(code))
    return new RetryableError(`the connection to ${address} was closed while ${doing}`, {cause: error});
  if (unreachableCodes.has(code)) {
    // A server that asks for a certificate and gets none says nothing more.
    const isMute = code === 'TIMEOUT' && address.startsWith('tls:');
    const wanting = isMute ? '; where it wants a certificate, give NATS_CERT and NATS_KEY' : '';
    return new RetryableError(
      `no NATS server answers at ${address}: start one with 'nats-server -js', or correct its address (--nats, NATS_URL)${wanting}`,
      {cause: error},
    );
  }
  const detail = api?.description ?? chainedError?.message ?? message;
  return new RetryableError(`the NATS server at ${address} failed while ${doing}: ${detail}`, {cause: error});
};

/** Why a connection that a server took is of no use to a run. */
export const unopened = (error: unknown, address: string, doing: string, isCluster: boolean): Error => {
  if (failureOf(error) !== 'timeout') return explain(error, address, doing);
  const line = jetStreamMute(address, doing, isCluster);
  return isCluster ? new RetryableError(line, {cause: error}) : new JetStreamMute(line, {cause: error});
};

/** Whether the server still has a stream. */
export const exists = async (link: Link, stream: string): Promise<boolean> => {
  try {
    await link.streamState(stream);
    return true;
  } catch (error) {
    return failureOf(error) !== 'missing';
  }
};

export const unlessMissing = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (failureOf(error) === 'missing') return undefined;
    throw error;
  }
};
