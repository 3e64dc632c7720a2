/**
 * A small stand-in of the Hugging Face Hub that keeps to its documented API, large files on another address than the API as the
 * Hub has them. What can go wrong on the way is asked for by `faults`.
 */
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {RepositoryKind} from '../../../runtime/hub/hub-name.js';
import {refuse, sendJson} from './hub-replies.js';
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
import {type Faults, receive, sendFile} from './hub-transfers.js';
import {writesOf} from './hub-writes.js';

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
  const urls = {api: '', files: ''};
  const post = writesOf({store, parts, urls});

  const files = createServer((request, response) => {
    const [, hash = '', part] = /^\/large\/([0-9a-f]{64})(?:\/(\d+))?/.exec(request.url ?? '') ?? [];
    requests.push(`${request.method} files ${request.url}`);
    if (request.headers.authorization !== undefined) leaked.push(request.url ?? '');
    if (request.method !== 'PUT') return sendFile(faults, request, response, store.large.get(hash));
    return receive(faults, request, response, (bytes) => {
      if (part !== undefined) {
        parts.set(hash, (parts.get(hash) ?? new Map<number, Buffer>()).set(Number(part), bytes));
        return response.setHeader('etag', `"${part}"`).end();
      }
      if (sha256(bytes) !== hash) return response.writeHead(400).end();
      store.large.set(hash, bytes);
      return response.end();
    });
  });

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
      return receive(faults, request, response, (body) => post(response, path, body, isKnown));

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
        response.setHeader('link', `<${urls.api}${asked.pathname}${asked.search}>; rel="next"`);
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
      return sendFile(faults, request, response, bytes);
    }
    const hash = sha256(bytes);
    store.large.set(hash, bytes);
    response.setHeader('x-linked-etag', `"${hash}"`);
    response.setHeader('x-linked-size', bytes.length);
    return response.writeHead(302, {location: `${urls.files}/large/${hash}`}).end();
  };

  urls.api = await listening(api);
  urls.files = await listening(files);
  return {
    url: urls.api,
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
