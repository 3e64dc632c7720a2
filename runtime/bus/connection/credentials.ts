/**
 * How this process proves to a NATS server who it is: what stands in the address, else what the variables of the `nats`
 * command line name. Those may hold files, whose contents never leave this folder.
 */
import {readFileSync} from 'node:fs';
import {isIP} from 'node:net';
import {checkServerIdentity} from 'node:tls';
import {isMissing, TerminalError} from '../../errors.js';
import {isPipe} from '../../json/regular-file.js';
import {hide} from '../../text/redact.js';
import {type Address, parseAddress} from './address.js';

export type Credentials =
  | {readonly user: string; readonly pass: string}
  | {readonly token: string}
  /** The contents of a credentials file: a JWT and its seed. */
  | {readonly creds: string}
  /** Of an nkey. */
  | {readonly seed: string}
  | Readonly<Record<never, never>>;

/** Files of a TLS connection. */
export interface TlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly checkServerIdentity: typeof checkServerIdentity;
}

/** What a seed looks like, alone in its file or among comments and decoration. */
const SEED = /\bS[A-Z][A-Z2-7]{56}\b/;
/** The machine's own network, where a server that wants TLS is named by tls://. */
const LOOPBACK = /^(127\.[\d.]+|localhost|\[::1\]):\d+$/;

/** How a server is reached: all that a connection needs to know of an address. */
export interface Access extends Pick<Address, 'servers' | 'shown'> {
  readonly credentials: Credentials;
  readonly tls: TlsFiles | undefined;
}

/** @throws TerminalError as `parseAddress`, `credentialsOf` and `tlsFilesOf` */
export const accessTo = (url: string, env: NodeJS.ProcessEnv = process.env): Access => {
  const address = parseAddress(url);
  return {...address, credentials: credentialsOf(address, env), tls: tlsFilesOf(address, env)};
};

/** @throws TerminalError where two variables give credentials, or a file is not there or is of another kind */
const credentialsOf = ({credentials}: Pick<Address, 'credentials'>, env: NodeJS.ProcessEnv): Credentials => {
  // A private server's secret is in its address: what the environment has is another server's.
  if (credentials !== undefined) return credentials;
  const ways = ['NATS_CREDS', 'NATS_NKEY', 'NATS_TOKEN', 'NATS_USER'] as const;
  const [way, ...others] = ways.filter((name) => env[name]);
  if (way === undefined) return {};
  if (others.length > 0)
    throw new TerminalError(
      `${[way, ...others].join(' and ')} are set: a NATS server takes one; unset the others`,
    );
  const value = env[way] ?? '';
  switch (way) {
    case 'NATS_CREDS': {
      const creds = contentOf(way, value);
      if (!creds.includes('BEGIN NATS USER JWT') || !SEED.test(creds))
        throw new TerminalError(
          `NATS_CREDS: ${value} is no credentials file: it has no user JWT with its seed`,
        );
      return {creds};
    }
    case 'NATS_NKEY': {
      const seed = SEED.exec(contentOf(way, value))?.[0];
      if (seed === undefined)
        throw new TerminalError(`NATS_NKEY: ${value} has no nkey seed, which begins with SU`);
      hide(seed);
      return {seed};
    }
    case 'NATS_TOKEN':
      hide(value);
      return {token: value};
    case 'NATS_USER': {
      const pass = env.NATS_PASSWORD;
      if (pass === undefined) throw new TerminalError('NATS_USER is set without NATS_PASSWORD: set it too');
      hide(pass);
      return {user: value, pass};
    }
  }
};

/**
 * The files for TLS; undefined where it is not asked for, which leaves it to the server.
 *
 * @throws TerminalError where one is not there
 */
const tlsFilesOf = (
  {servers, tls}: Pick<Address, 'servers' | 'tls'>,
  env: NodeJS.ProcessEnv,
): TlsFiles | undefined => {
  const {NATS_CA: caFile, NATS_CERT: certFile, NATS_KEY: keyFile} = env;
  const isNamed = [caFile, certFile, keyFile].some(Boolean);
  if (!tls && (!isNamed || servers.every((server) => LOOPBACK.test(server)))) return undefined;
  if (Boolean(certFile) !== Boolean(keyFile))
    throw new TerminalError('NATS_CERT and NATS_KEY belong together: set both, a certificate and its key');
  for (const [name, file] of Object.entries({NATS_CA: caFile, NATS_CERT: certFile, NATS_KEY: keyFile}))
    if (file) contentOf(name, file);
  return {
    checkServerIdentity: identityOf(servers),
    ...(caFile && {caFile}),
    ...(certFile && {certFile}),
    ...(keyFile && {keyFile}),
  };
};

/** Of a server whose address is a number, the client tells Node no name: its certificate must be of one of the numbers. */
const identityOf =
  (servers: readonly string[]): typeof checkServerIdentity =>
  (host, certificate) => {
    const numbers = servers
      .map((server) => server.replace(/^\[|\]?:\d+$/g, ''))
      .filter((name) => isIP(name) !== 0);
    const errors = [host, ...(host === 'localhost' ? numbers : [])].map((name) =>
      checkServerIdentity(name, certificate),
    );
    return errors.includes(undefined) ? undefined : errors.at(-1);
  };

const contentOf = (name: string, file: string): string => {
  if (isPipe(file)) throw new TerminalError(`${name}: ${file} is a pipe or a device; give a file`);
  try {
    const content = readFileSync(file, 'utf8');
    if (name !== 'NATS_CA' && name !== 'NATS_CERT') hide(content);
    return content;
  } catch (error) {
    throw new TerminalError(`${name}: ${file} ${isMissing(error) ? 'is not there' : 'cannot be read'}`);
  }
};
