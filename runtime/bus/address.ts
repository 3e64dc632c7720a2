/** The addresses a person gives: `nats://[USER:PASSWORD@|TOKEN@]HOST[:PORT]`, or `tls://…`; several, separated by commas. */
import {TerminalError} from '../errors.js';

export interface Address {
  /** `HOST:PORT` of every server. */
  readonly servers: readonly string[];
  /** The same as a person may see it: without credentials. */
  readonly shown: string;
  readonly tls: boolean;
  readonly credentials: {readonly user: string; readonly pass: string} | {readonly token: string} | undefined;
}

const DEFAULT_PORT = '4222';
const SCHEMES = ['nats:', 'tls:'];

/** @throws TerminalError where an address is not one */
export const parseAddress = (url: string): Address => {
  const parsed = url
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseOne);
  const [first] = parsed;
  if (first === undefined)
    throw new TerminalError(
      'the address of the NATS server is empty: give one such as nats://127.0.0.1:4222',
    );
  const servers = parsed.map(({hostname, port}) => `${hostname}:${port === '' ? DEFAULT_PORT : port}`);
  const tls = parsed.some(({protocol}) => protocol === 'tls:');
  const user = decodeURIComponent(first.username);
  const pass = decodeURIComponent(first.password);
  return {
    servers,
    shown: servers.map((server) => `${tls ? 'tls' : 'nats'}://${server}`).join(','),
    tls,
    credentials: user === '' ? undefined : pass === '' ? {token: user} : {user, pass},
  };
};

const parseOne = (part: string): URL => {
  const wrong = new TerminalError(
    `'${part.replace(/\/\/.*@/, '//')}' is not the address of a NATS server: give one such as nats://127.0.0.1:4222`,
  );
  const withScheme = part.includes('://') ? part : `nats://${part}`;
  if (!URL.canParse(withScheme)) throw wrong;
  const parsed = new URL(withScheme);
  if (!SCHEMES.includes(parsed.protocol) || parsed.hostname === '') throw wrong;
  return parsed;
};
