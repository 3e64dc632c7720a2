/**
 * A small stand-in of the Hugging Face Hub that keeps to its documented API, large files on another address than the API as the
 * Hub has them. What can go wrong on the way is asked for by `faults`.
 */
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {RepositoryKind} from '../../../runtime/hub/hub-name.js';
import {
  entryOf,
  gitHash,
  isLarge,
  listOf,
  openStore,
  type Repository,
  type Store,
  sha256,
} from './hub-store.js';

/** What the next requests meet; each is used up. */
export interface Faults {
  /** Answers to any request whose path holds the text, in place of what it asks for. */
  statuses: {
    readonly path: string;
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }[];
  /** Bytes after which the connection is cut while a file is sent. */
  cuts: number[];
  /** Sends files whole, whatever part was asked for. */
  ignoresRange: boolean;
  /** Sends other bytes than it lists. */
  altered: boolean;
  /** Lists these paths besides. */
  listed: string[];
  /** Cuts an upload so many times. */
  cutUploads: number;
}

export interface HubStandIn {
  readonly url: string;
  readonly store: Store;
  readonly faults: Faults;
  /** Method and path of each request, in order. */
  readonly requests: string[];
  /** Requests that carried a token to the address of the large files. */
  readonly leaked: string[];
  /** Adds a repository, or a commit to it; the commit's id. */
  add(name: string, files: Readonly<Record<string, string | Buffer>>, kind?: RepositoryKind): string;
  close(): Promise<void>;
}

export const HUB_TOKEN = 'hf_standInTokenOfTheTests';
const PAGE = 3;
const MULTIPART_BYTES = 64 * 1024;

export const startHub = async (): Promise<HubStandIn> => {
  const store = openStore();
  const faults: Faults = {
    statuses: [],
    cuts: [],
    ignoresRange: false,
    altered: false,
    listed: [],
    cutUploads: 0,
  };
  const requests: string[] = [];
  const leaked: string[] = [];
  const parts = new Map<string, Map<number, Buffer>>();
  let url = '';
  let filesUrl = '';

  const files = createServer((request, response) => {
    const [, hash = '', part] = /^\/large\/([0-9a-f]{64})(?:\/(\d+))?/.exec(request.url ?? '') ?? [];
    requests.push(`${request.method} files ${request.url}`);
    if (request.headers.authorization !== undefined) leaked.push(request.url ?? '');
    if (request.method !== 'PUT') return sendFile(request, response, store.large.get(hash));
    return receive(request, response, (bytes) => {
      if (part !== undefined) {
        parts.set(hash, (parts.get(hash) ?? new Map<number, Buffer>()).set(Number(part), bytes));
        return response.setHeader('etag', `"${part}"`).end();
      }
      if (sha256(bytes) !== hash) return response.writeHead(400).end();
      store.large.set(hash, bytes);
      return response.end();
    });
  });

  const receive = (
    request: IncomingMessage,
    response: ServerResponse,
    then: (bytes: Buffer) => unknown,
  ): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (request.method !== 'PUT' || faults.cutUploads === 0) return;
      faults.cutUploads -= 1;
      request.socket.destroy();
    });
    request.on('end', () => {
      if (!request.socket.destroyed) then(Buffer.concat(chunks));
      else response.destroy();
    });
  };

  const sendFile = (
    request: IncomingMessage,
    response: ServerResponse,
    stored: Buffer | undefined,
  ): ServerResponse => {
    if (stored === undefined) return refuse(response, 404, 'EntryNotFound', 'Entry not found');
    const bytes = faults.altered ? Buffer.from(stored.map((byte) => byte ^ 1)) : stored;
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const isPart = first !== undefined && !faults.ignoresRange;
    const from = isPart ? Number(first) : 0;
    const to = isPart && last ? Math.min(Number(last), bytes.length - 1) : bytes.length - 1;
    if (isPart) response.statusCode = 206;
    if (isPart) response.setHeader('content-range', `bytes ${from}-${to}/${bytes.length}`);
    response.setHeader('content-length', to - from + 1);
    response.setHeader('accept-ranges', 'bytes');
    if (request.method === 'HEAD') return response.end();
    const body = bytes.subarray(from, to + 1);
    const cut = faults.cuts[0];
    if (cut === undefined || cut >= body.length) return response.end(body);
    faults.cuts.shift();
    response.write(body.subarray(0, cut), () => response.destroy());
    return response;
  };

  const sendJson = (response: ServerResponse, value: unknown, status = 200): ServerResponse => {
    return response
      .writeHead(status, {'content-type': 'application/json; charset=utf-8'})
      .end(JSON.stringify(value));
  };

  const refuse = (
    response: ServerResponse,
    status: number,
    code: string,
    message: string,
  ): ServerResponse => {
    response.setHeader('x-error-code', code);
    response.setHeader('x-error-message', message);
    return sendJson(response, {error: message}, status);
  };

  const api = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://hub');
    const path = decodeURIComponent(asked.pathname);
    requests.push(`${request.method} ${path}`);
    const fault = faults.statuses.findIndex((each) => path.includes(each.path));
    if (fault >= 0) {
      const [{status = 500, headers = {}, body = ''} = {}] = faults.statuses.splice(fault, 1);
      request.resume();
      return response.writeHead(status, headers).end(body);
    }
    const {authorization} = request.headers;
    const isKnown = authorization === `Bearer ${HUB_TOKEN}`;
    if (authorization !== undefined && !isKnown)
      return refuse(response, 401, '', 'Invalid username or password.');
    if (request.method === 'POST')
      return receive(request, response, (body) => post(response, path, body, isKnown));

    if (path === '/api/whoami-v2') {
      if (!isKnown) return refuse(response, 401, '', 'Invalid username or password.');
      return sendJson(response, {type: 'user', id: '1', name: 'org', orgs: [], auth: {type: 'access_token'}});
    }
    const [, kinds, name = '', what = '', revision = '', rest = ''] =
      /^\/api\/(models|datasets)\/([^/]+\/[^/]+)(?:\/(revision|tree)\/(refs\/[^/]+\/[^/]+|[^/]+))?(\/.*)?$/.exec(
        path,
      ) ?? [];
    const resolved = /^\/(datasets\/)?([^/]+\/[^/]+)\/resolve\/(refs\/[^/]+\/[^/]+|[^/]+)\/(.+)$/.exec(path);
    if (kinds === undefined && resolved === null) return refuse(response, 404, '', 'Not found');
    const kind = kinds === 'datasets' || resolved?.[1] !== undefined ? 'dataset' : 'model';
    const repository = store.find(kind, resolved?.[2] ?? name);
    if (repository === undefined || (repository.isPrivate && !isKnown))
      return refuse(response, isKnown ? 404 : 401, 'RepoNotFound', 'Repository not found');
    const commit = store.commitOf(repository, (resolved?.[3] ?? revision) || 'main');
    if (commit === undefined) return refuse(response, 404, 'RevisionNotFound', `Invalid rev id: ${revision}`);
    response.setHeader('x-repo-commit', commit.id);
    if (resolved !== null)
      return resolve(request, response, repository, commit.files.get(resolved[4] ?? ''), resolved[4] ?? '');
    if (what === 'tree') {
      const isDeep = /^(true|1)$/i.test(asked.searchParams.get('recursive') ?? '');
      const all = [
        ...listOf(commit.files, rest.slice(1), isDeep),
        ...faults.listed.map((file) => entryOf(file, Buffer.from('x'))),
      ];
      const from = Number(asked.searchParams.get('cursor') ?? 0);
      if (from + PAGE < all.length) {
        asked.searchParams.set('cursor', String(from + PAGE));
        response.setHeader('link', `<${url}${asked.pathname}${asked.search}>; rel="next"`);
      }
      return sendJson(response, all.slice(from, from + PAGE));
    }
    return sendJson(response, {
      _id: repository.name,
      id: repository.name,
      sha: commit.id,
      private: repository.isPrivate,
      gated: repository.isGated ? 'manual' : false,
      downloads: 0,
      likes: 0,
      lastModified: '2026-01-31T00:00:00.000Z',
      tags: [],
      siblings: [...commit.files.keys()].map((rfilename) => ({rfilename})),
      ...(repository.cardData === undefined ? {} : {cardData: repository.cardData}),
    });
  });

  const resolve = (
    request: IncomingMessage,
    response: ServerResponse,
    repository: Repository,
    bytes: Buffer | undefined,
    path: string,
  ): ServerResponse => {
    if (repository.isGated)
      return refuse(
        response,
        request.headers.authorization === undefined ? 401 : 403,
        'GatedRepo',
        'Access is restricted',
      );
    if (bytes === undefined) return refuse(response, 404, 'EntryNotFound', 'Entry not found');
    if (!isLarge(path)) {
      response.setHeader('etag', `"${gitHash(bytes)}"`);
      return sendFile(request, response, bytes);
    }
    const hash = sha256(bytes);
    store.large.set(hash, bytes);
    response.setHeader('x-linked-etag', `"${hash}"`);
    response.setHeader('x-linked-size', bytes.length);
    return response.writeHead(302, {location: `${filesUrl}/large/${hash}`}).end();
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
          {error: 'You already created this repo', url: `${url}/${full}`, id: full},
          409,
        );
      store.create(kind, full, visibility === 'private' || isPrivate === true);
      return sendJson(response, {url: `${url}/${full}`, name: full, id: full});
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

  interface Batch {
    readonly transfers?: readonly string[];
    readonly objects: readonly {readonly oid: string; readonly size: number}[];
  }
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
        `${filesUrl}/large/${oid}/${index + 1}`,
      ]);
      const upload =
        count <= 1
          ? {href: `${filesUrl}/large/${oid}`}
          : {
              href: `${url}/large/${oid}/complete`,
              header: {chunk_size: String(MULTIPART_BYTES), ...Object.fromEntries(each)},
            };
      return {
        oid,
        size,
        authenticated: true,
        actions: {upload, verify: {href: `${url}/large/${oid}/verify`}},
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
      commitUrl: `${url}/${repository.name}/commit/${id}`,
      hookOutput: '',
    });
  };

  url = await listening(api);
  filesUrl = await listening(files);
  return {
    url,
    store,
    faults,
    requests,
    leaked,
    add: (name, content, kind = 'model') => {
      const repository = store.find(kind, name) ?? store.create(kind, name);
      const changes = Object.entries(content).map(([path, text]): [string, Buffer] => [
        path,
        Buffer.from(text),
      ]);
      return store.commit(repository, 'main', new Map(changes)).id;
    },
    close: async () => {
      for (const server of [api, files]) {
        server.closeAllConnections();
        await new Promise((resolveClosed) => server.close(resolveClosed));
      }
    },
  };
};

const listening = (server: Server): Promise<string> =>
  new Promise((resolveUrl) => {
    server.listen(0, '127.0.0.1', () =>
      resolveUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
