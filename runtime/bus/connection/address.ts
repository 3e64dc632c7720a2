/** The addresses a person gives: `nats://[USER:PASSWORD@|TOKEN@]HOST[:PORT]`, or `tls://…`; several, separated by commas. */
import {TerminalError} from '../../errors.js';
import {hide} from '../../text/redact.js';

export interface Address {
  /** `HOST:PORT` of every server. */
  readonly servers: readonly string[];
  /** The same as a person may see it: without credentials. */
  readonly shown: string;
  readonly tls: boolean;
  readonly credentials: {readonly user: string; readonly pass: string} | {readonly token: string} | undefined;
}

interface Part {
  readonly hostAndPort: string;
  readonly tls: boolean;
  /** What stands before the last `@`; undefined where there is none. */
  readonly userInfo: string | undefined;
}

const DEFAULT_PORT = '4222';
const EXAMPLE = 'give one such as nats://127.0.0.1:4222';
/** A password may hold `@`, `/`, `?` and `#`: a host holds none of them, so the last `@` ends what is secret. */
const PART = /^(?:([a-z][a-z\d+.-]*):\/\/)?(?:(.*)@)?([^@]*)$/is;
const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/i;

/**
 * Understands an address, and has its password or token kept out of every line from then on.
 *
 * @throws TerminalError where it is none, or where it cannot be told where its password ends; the password is not shown
 */
export const parseAddress = (url: string): Address => {
  const texts = url
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (texts.length === 0) throw new TerminalError(`the address of the NATS server is empty: ${EXAMPLE}`);
  const found = texts.map((text) => PART.exec(text));
  // After a comma of a password comes what looks like one more server, with credentials and without a scheme.
  if (found.some((match, index) => index > 0 && match?.[1] === undefined && match?.[2] !== undefined)) {
    throw new TerminalError(
      'the address of the NATS server has a comma before an @: percent-encode one in a password (%2C), ' +
        'or begin the address of each server with nats://',
    );
  }
  const parts = found.map((match, index) => partOf(match, texts[index] ?? '', url.includes('@')));
  const servers = parts.map(({hostAndPort}) => hostAndPort);
  const tls = parts.some((part) => part.tls);
  const given = new Set(parts.flatMap(({userInfo}) => (userInfo === undefined ? [] : [userInfo])));
  if (given.size > 1)
    throw new TerminalError('the servers of one NATS address have different credentials: give them the same');
  const [userInfo] = given;
  return {
    servers,
    shown: servers.map((server) => `${tls ? 'tls' : 'nats'}://${server}`).join(','),
    tls,
    credentials: userInfo === undefined ? undefined : credentialsIn(userInfo),
  };
};

const partOf = (match: RegExpExecArray | null, text: string, mayBeSecret: boolean): Part => {
  const [, scheme = 'nats', userInfo, place = ''] = match ?? [];
  const host = HOST.exec(place);
  const port = host?.[2] ?? DEFAULT_PORT;
  const isKnown = ['nats', 'tls'].includes(scheme.toLowerCase());
  if (host === null || !isKnown || Number(port) < 1 || Number(port) > 65_535) {
    // A password whose host was forgotten stands where a port does.
    const shown = mayBeSecret || /:(?!\/\/|\d*$)/.test(text) ? 'what was given' : `'${text}'`;
    throw new TerminalError(`${shown} is not the address of a NATS server: ${EXAMPLE}`);
  }
  return {hostAndPort: `${host[1]}:${port}`, tls: scheme.toLowerCase() === 'tls', userInfo};
};

const credentialsIn = (userInfo: string): NonNullable<Address['credentials']> => {
  const colon = userInfo.indexOf(':');
  const user = decoded(colon < 0 ? userInfo : userInfo.slice(0, colon));
  const pass = colon < 0 ? undefined : decoded(userInfo.slice(colon + 1));
  if (user === '')
    throw new TerminalError(
      'the address of the NATS server has nothing before its @ that names a user or is a token',
    );
  hide(pass ?? user);
  return pass === undefined ? {token: user} : {user, pass};
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TerminalError(
      'the user, password or token in the address of the NATS server has a % that begins no escape: percent-encode it (%25)',
    );
  }
};
