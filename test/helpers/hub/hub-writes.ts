/** What changes the stand-in of the Hub: repositories, branches, uploads and commits. */
import type {ServerResponse} from 'node:http';
import {refuse, sendJson} from './hub-replies.js';
import {isLarge, listOf, type Repository, type Store, sha256} from './hub-store.js';

const MULTIPART_BYTES = 64 * 1024;

export interface Writes {
  readonly store: Store;
  /** Of large files that come in parts, by their hash. */
  readonly parts: ReadonlyMap<string, ReadonlyMap<number, Buffer>>;
  /** Addresses of the API and of the large files, once they listen. */
  readonly urls: {readonly api: string; readonly files: string};
}

interface Batch {
  readonly transfers?: readonly string[];
  readonly objects: readonly {readonly oid: string; readonly size: number}[];
}

/** Answers a POST. */
export const writesOf = ({store, parts, urls}: Writes) => {
  const batchOf = ({objects, transfers = ['basic']}: Batch): object => ({
    // As the Hub does, for whoever can.
    transfer: transfers.includes('xet')
      ? 'xet'
      : objects.some(({size}) => size > MULTIPART_BYTES)
        ? 'multipart'
        : 'basic',
    objects: objects.map(({oid, size}) => {
      if (store.large.has(oid)) return {oid, size};
      const count = Math.ceil(size / MULTIPART_BYTES);
      const each = Array.from({length: count}, (_, index): [string, string] => [
        String(index + 1).padStart(5, '0'),
        `${urls.files}/large/${oid}/${index + 1}`,
      ]);
      const upload =
        count <= 1
          ? {href: `${urls.files}/large/${oid}`}
          : {
              href: `${urls.api}/large/${oid}/complete`,
              header: {chunk_size: String(MULTIPART_BYTES), ...Object.fromEntries(each)},
            };
      return {
        oid,
        size,
        authenticated: true,
        actions: {upload, verify: {href: `${urls.api}/large/${oid}/verify`}},
      };
    }),
  });

  const commitTo = (
    response: ServerResponse,
    repository: Repository,
    branch: string,
    text: string,
  ): ServerResponse => {
    const changes = new Map<string, Buffer | undefined>();
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const {key, value} = JSON.parse(line) as {key: string; value: Record<string, string>};
      const {path = '', content = '', oid = '', parentCommit} = value;
      if (key === 'header' && parentCommit !== undefined && parentCommit !== repository.branches.get(branch))
        return sendJson(response, {error: 'A commit has happened since. Please refresh and try again.'}, 412);
      if (key === 'file') changes.set(path, Buffer.from(content, 'base64'));
      if (key === 'deletedFile') changes.set(path, undefined);
      if (key !== 'lfsFile') continue;
      const bytes = store.large.get(oid);
      if (bytes === undefined) return sendJson(response, {error: `LFS pointer of ${path} to nothing`}, 400);
      changes.set(path, bytes);
    }
    const {id} = store.commit(repository, branch, changes);
    return sendJson(response, {
      success: true,
      commitOid: id,
      commitUrl: `${urls.api}/${repository.name}/commit/${id}`,
      hookOutput: '',
    });
  };

  const post = (response: ServerResponse, path: string, body: Buffer, isKnown: boolean): ServerResponse => {
    if (path === '/api/validate-yaml') return sendJson(response, {errors: [], warnings: []});
    const verified = /^\/large\/([0-9a-f]{64})\/(verify|complete)$/.exec(path);
    if (verified?.[2] === 'verify')
      return sendJson(response, {}, store.large.has(verified[1] ?? '') ? 200 : 404);
    if (verified !== null) {
      const whole = [...(parts.get(verified[1] ?? '') ?? [])].sort(([one], [other]) => one - other);
      const bytes = Buffer.concat(whole.map(([, part]) => part));
      if (sha256(bytes) !== verified[1]) return sendJson(response, {error: 'parts are missing'}, 400);
      store.large.set(verified[1], bytes);
      return sendJson(response, {});
    }
    if (!isKnown) return refuse(response, 401, '', 'Invalid username or password.');
    const json = (): Record<string, unknown> => JSON.parse(body.toString('utf8'));
    if (path === '/api/repos/create') {
      const {type = 'model', name, organization = 'org', visibility, private: isPrivate} = json();
      const full = `${organization}/${name}`;
      const kind = type === 'dataset' ? 'dataset' : 'model';
      if (store.find(kind, full) !== undefined)
        return sendJson(
          response,
          {error: 'You already created this repo', url: `${urls.api}/${full}`, id: full},
          409,
        );
      store.create(kind, full, visibility === 'private' || isPrivate === true);
      return sendJson(response, {url: `${urls.api}/${full}`, name: full, id: full});
    }
    const batch = /^\/(datasets\/)?([^/]+\/[^/]+)\.git\/info\/lfs\/objects\/batch$/.exec(path);
    if (batch !== null) return sendJson(response, batchOf(json() as unknown as Batch));
    const [, kinds, name = '', what, branch = ''] =
      /^\/api\/(models|datasets)\/([^/]+\/[^/]+)\/(preupload|commit|branch|paths-info)\/(.+)$/.exec(path) ??
      [];
    const repository = store.find(kinds === 'datasets' ? 'dataset' : 'model', name);
    if (repository === undefined) return refuse(response, 404, 'RepoNotFound', 'Repository not found');
    if (what === 'branch') {
      if (repository.branches.has(branch))
        return sendJson(response, {error: 'Reference already exists'}, 409);
      store.commit(repository, branch, store.commitOf(repository, 'main')?.files ?? new Map());
      return sendJson(response, {});
    }
    const commit = store.commitOf(repository, branch);
    if (commit === undefined) return refuse(response, 404, 'RevisionNotFound', 'Invalid rev id');
    if (what === 'preupload') {
      const {files: asked} = json() as unknown as {files: {path: string}[]};
      const modes = asked.map((file) => ({
        path: file.path,
        uploadMode: isLarge(file.path) ? 'lfs' : 'regular',
        shouldIgnore: false,
        oid: null,
      }));
      return sendJson(response, {files: modes, commitOid: commit.id});
    }
    if (what === 'paths-info') {
      const {paths} = json() as unknown as {paths: string[]};
      const entries = listOf(commit.files, '', true).filter(({path: each}) => paths.includes(each));
      return sendJson(response, entries);
    }
    return commitTo(response, repository, branch, body.toString('utf8'));
  };

  return post;
};
