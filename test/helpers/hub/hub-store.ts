/** What a stand-in of the Hugging Face Hub keeps: repositories, their branches and commits, and files by their hash. */
import {createHash} from 'node:crypto';
import type {RepositoryKind} from '../../../runtime/hub/hub-name.js';

export interface Commit {
  readonly id: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface Repository {
  readonly kind: RepositoryKind;
  readonly name: string;
  isPrivate: boolean;
  isGated: boolean;
  readonly branches: Map<string, string>;
  readonly commits: Map<string, Commit>;
  cardData?: object;
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
/** As git names a blob. */
export const gitHash = (bytes: Buffer): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/** Which files the Hub keeps apart, by its usual .gitattributes. */
export const isLarge = (path: string): boolean => /\.(safetensors|parquet|arrow|bin|gz)$/.test(path);

const pointerOf = (bytes: Buffer): Buffer =>
  Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(bytes)}\nsize ${bytes.length}\n`,
  );

export interface Entry {
  readonly type: 'file' | 'directory';
  readonly path: string;
  readonly size: number;
  readonly oid: string;
  readonly lfs?: {readonly oid: string; readonly size: number; readonly pointerSize: number};
}

/** Files and folders of a folder, as the tree lists them; all below it, or its own. */
export const listOf = (files: ReadonlyMap<string, Buffer>, folder: string, isDeep: boolean): Entry[] => {
  const prefix = folder === '' ? '' : `${folder}/`;
  const inside = [...files].filter(([path]) => path.startsWith(prefix));
  const folders = new Set(
    inside.flatMap(([path]) => {
      const parts = path.split('/');
      return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
    }),
  );
  const isListed = (path: string): boolean =>
    path.startsWith(prefix) && (isDeep || !path.slice(prefix.length).includes('/'));
  return [
    ...[...folders].map(
      (path): Entry => ({type: 'directory', path, size: 0, oid: gitHash(Buffer.from(path))}),
    ),
    ...inside.map(([path, bytes]) => entryOf(path, bytes)),
  ].filter(({path}) => isListed(path));
};

/** A file as the tree lists it. */
export const entryOf = (path: string, bytes: Buffer): Entry => {
  const pointer = pointerOf(bytes);
  return isLarge(path)
    ? {
        type: 'file',
        path,
        size: bytes.length,
        oid: gitHash(pointer),
        lfs: {oid: sha256(bytes), size: bytes.length, pointerSize: pointer.length},
      }
    : {type: 'file', path, size: bytes.length, oid: gitHash(bytes)};
};

export const openStore = () => {
  const repositories = new Map<string, Repository>();
  /** Large files that were uploaded, by SHA-256. */
  const large = new Map<string, Buffer>();
  const keyOf = (kind: RepositoryKind, name: string): string => `${kind} ${name}`;

  const create = (kind: RepositoryKind, name: string, isPrivate = false): Repository => {
    const made: Repository = {
      kind,
      name,
      isPrivate,
      isGated: false,
      branches: new Map(),
      commits: new Map(),
    };
    repositories.set(keyOf(kind, name), made);
    commit(made, 'main', new Map());
    return made;
  };

  const commit = (
    repository: Repository,
    branch: string,
    changes: ReadonlyMap<string, Buffer | undefined>,
  ): Commit => {
    const before = repository.commits.get(repository.branches.get(branch) ?? '');
    const files = new Map(before?.files);
    for (const [path, bytes] of changes) {
      if (bytes === undefined) files.delete(path);
      else files.set(path, bytes);
    }
    const listed = [...files].map(([path, bytes]) => `${path} ${gitHash(bytes)}`).sort();
    const id = createHash('sha1')
      .update([before?.id, repository.name, ...listed].join('\n'))
      .digest('hex');
    const made = {id, files};
    repository.commits.set(id, made);
    repository.branches.set(branch, id);
    return made;
  };

  return {
    large,
    create,
    commit,
    find: (kind: RepositoryKind, name: string) => repositories.get(keyOf(kind, name)),
    commitOf: (repository: Repository, revision: string): Commit | undefined =>
      repository.commits.get(repository.branches.get(revision === 'HEAD' ? 'main' : revision) ?? revision),
  };
};

export type Store = ReturnType<typeof openStore>;
