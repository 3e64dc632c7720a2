/** Names of repositories on the Hugging Face Hub, as people type them, and as the cache has them. Pure. */
import {basename, dirname} from 'node:path';

export type RepositoryKind = 'model' | 'dataset';

export interface HubName {
  /** `ORG/NAME`. */
  readonly repository: string;
  /** A branch, a tag or a commit; `main` where none was typed. */
  readonly revision: string | undefined;
}

/** A commit of a repository. */
export interface Pinned {
  readonly kind: RepositoryKind;
  readonly repository: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
}

/** https://github.com/huggingface/huggingface_hub, validate_repo_id. */
const PART = /^[A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_])?$/;
const MOST_CHARACTERS = 96;
/** Of a file that a person names, and of no repository: who mistypes one is not sent to the Hub. */
const FILE = /\.(?:jsonl?|ndjson|parquet|arrow|csv|tsv|txt|gz|ya?ml|safetensors|gguf)$/i;

const COMMIT = /^[0-9a-f]{40}$/;
/** What git takes for a name of a branch or tag, as far as it could be mistaken for a path. */
const REVISION = /^[\w.+-]+(?:\/[\w.+-]+)*$/;

export const isCommit = (revision: string): boolean => COMMIT.test(revision);

/** What `ORG/NAME` or `ORG/NAME@REVISION` names; undefined for a text that cannot be such a name. */
export const readHubName = (text: string): HubName | undefined => {
  const [, repository = '', revision] = /^([^@]*)(?:@(.*))?$/s.exec(text) ?? [];
  const parts = repository.split('/');
  const isName =
    parts.length === 2 &&
    repository.length <= MOST_CHARACTERS &&
    !FILE.test(repository) &&
    parts.every((part) => PART.test(part)) &&
    !/--|\.\.|\.git$/.test(repository);
  if (!isName || (revision !== undefined && !isRevision(revision))) return undefined;
  return {repository, revision};
};

const isRevision = (text: string): boolean =>
  REVISION.test(text) && text.split('/').every((part) => !part.startsWith('.') && !part.includes('..'));

/** Where the cache keeps a repository, such as `models--ORG--NAME`. */
export const cacheName = (kind: RepositoryKind, repository: string): string =>
  `${kind}s--${repository.replace('/', '--')}`;

/** Of which commit a folder is the snapshot in a cache; undefined for another folder. */
export const pinnedBy = (folder: string): Pinned | undefined => {
  const commit = basename(folder);
  const snapshots = dirname(folder);
  const [kinds, organization, name, ...rest] = basename(dirname(snapshots)).split('--');
  const kind = kinds === 'models' ? 'model' : kinds === 'datasets' ? 'dataset' : undefined;
  const repository = `${organization}/${name}`;
  const isSnapshot = basename(snapshots) === 'snapshots' && isCommit(commit) && rest.length === 0;
  if (kind === undefined || !isSnapshot || readHubName(repository) === undefined) return undefined;
  return {kind, repository, commit};
};

/** `ORG/NAME@COMMIT` of a folder that is a snapshot in a cache, and the folder of another: what names it on every machine. */
export const nameOfFolder = (folder: string): string => {
  const pinned = pinnedBy(folder);
  return pinned === undefined ? folder : `${pinned.repository}@${pinned.commit}`;
};

const SHOWN = 8;

/** The same for a person: with as much of the commit as tells it. */
export const shownFolder = (folder: string): string => {
  const pinned = pinnedBy(folder);
  return pinned === undefined ? folder : `${pinned.repository}@${pinned.commit.slice(0, SHOWN)}`;
};
