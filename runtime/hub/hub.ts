/** Which Hub, which cache, and whose token: what the environment says, as Hugging Face's own libraries read it. */
import {existsSync, readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join, resolve} from 'node:path';
import {type Backoff, backoffMs} from '../backoff.js';
import {TerminalError} from '../errors.js';
import {hide} from '../text/redact.js';
import {cacheName, type HubName, isCommit, type RepositoryKind} from './hub-name.js';

export interface Hub {
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** The folder of `models--ORG--NAME` and its like. */
  readonly cache: string;
  readonly token: string | undefined;
  /** Nothing is asked of the network. */
  readonly isOffline: boolean;
  /** Milliseconds to wait after so many failures. */
  waitMs(failures: number): number;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';
const BACKOFF: Backoff = {firstMs: 500, longestMs: 16_000, jitter: 0.5};

/**
 * Reads `HF_ENDPOINT`, `HF_HOME`, `HF_HUB_CACHE`, `HF_TOKEN`, `HF_TOKEN_PATH` and `HF_HUB_OFFLINE`.
 *
 * @throws TerminalError naming the variable that makes no sense.
 */
export const hubOf = (environment: NodeJS.ProcessEnv = process.env): Hub => {
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const folder = (text: string): string => resolve(text.replace(/^~(?=\/|$)/, environment.HOME || homedir()));
  const home = folder(value('HF_HOME') ?? join(value('XDG_CACHE_HOME') ?? '~/.cache', 'huggingface'));
  return {
    endpoint: endpointIn(value('HF_ENDPOINT') ?? DEFAULT_ENDPOINT),
    cache: folder(value('HF_HUB_CACHE') ?? value('HUGGINGFACE_HUB_CACHE') ?? join(home, 'hub')),
    token: tokenIn(
      value('HF_TOKEN') ?? value('HUGGING_FACE_HUB_TOKEN'),
      folder(value('HF_TOKEN_PATH') ?? join(home, 'token')),
    ),
    isOffline: [value('HF_HUB_OFFLINE'), value('TRANSFORMERS_OFFLINE')].some(
      (text) => text !== undefined && /^(1|on|yes|true)$/i.test(text),
    ),
    waitMs: (failures) => backoffMs(failures, BACKOFF),
  };
};

const endpointIn = (text: string): string => {
  const isAddress = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (isAddress) {
    const {username, password, search, hash} = new URL(text);
    if ([username, password, search, hash].every((part) => part === '')) return text.replace(/\/+$/, '');
    hide(password);
  }
  throw new TerminalError(
    `HF_ENDPOINT is no address of a Hub such as ${DEFAULT_ENDPOINT}, without a user, a password or a query; a token belongs into HF_TOKEN`,
  );
};

/** Of the variable, or else of the file that `hf auth login` writes. */
const tokenIn = (variable: string | undefined, file: string): string | undefined => {
  const token = variable ?? (existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined);
  if (token === undefined) return undefined;
  hide(token);
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const where = variable === undefined ? file : 'HF_TOKEN';
  throw new TerminalError(`${where}: holds no token: put one there, such as hf_..., and nothing else`);
};

/** Where the cache keeps a repository. */
export const repositoryFolder = ({cache}: Hub, kind: RepositoryKind, repository: string): string =>
  join(cache, cacheName(kind, repository));

export const snapshotFolder = (hub: Hub, kind: RepositoryKind, repository: string, commit: string): string =>
  join(repositoryFolder(hub, kind, repository), 'snapshots', commit);

/** The commit that a name stands for, as far as the cache knows. */
export const cachedCommit = (
  hub: Hub,
  kind: RepositoryKind,
  {repository, revision = 'main'}: HubName,
): string | undefined => {
  if (isCommit(revision)) return revision;
  const ref = join(repositoryFolder(hub, kind, repository), 'refs', revision);
  if (!existsSync(ref)) return undefined;
  const commit = readFileSync(ref, 'utf8').trim();
  return isCommit(commit) ? commit : undefined;
};
