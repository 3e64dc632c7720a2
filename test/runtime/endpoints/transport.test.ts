/** HTTP under an endpoint: proxies, bounds, redirects, and what is sent to whom. */
import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {brotliCompressSync, createGzip, gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {listModels} from '../../../runtime/endpoints/chat.js';
import {openFetch, TransportError} from '../../../runtime/endpoints/transport.js';
import {TerminalError} from '../../../runtime/errors.js';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server that is also a proxy: it notes what it is asked for, and answers it itself. */
const serve = async (
  t: ExecutionContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => {
    response.end('here');
  },
) => {
  const seen: Seen[] = [];
  const note = ({method = '', url = '', headers}: IncomingMessage) => seen.push({method, url, headers});
  const server = createServer((request, response) => {
    note(request);
    answer(request, response);
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(request);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  return {address: `http://127.0.0.1:${port}`, port, seen, server};
};

const post = {method: 'POST', body: '{}', headers: {authorization: 'Bearer sk-1', 'x-stainless-os': 'Linux'}};
const failureOf = async (t: ExecutionContext, asking: Promise<unknown>) => {
  const error = await t.throwsAsync(asking, {instanceOf: TransportError});
  return error instanceof TransportError ? error.failure : undefined;
};

test('a request goes through the proxy of the environment, but not to this machine or where it is said not to', async (t) => {
  const proxy = await serve(t);
  const direct = await serve(t);
  const environment = {HTTP_PROXY: proxy.address, NO_PROXY: 'other.example'};
  const there = await openFetch('http://models.example/v1', environment)(
    'http://models.example/v1/models',
    post,
  );
  t.is(await there.text(), 'here');
  t.deepEqual(
    proxy.seen.map(({method, url, headers}) => [method, url, headers.host]),
    [['POST', 'http://models.example/v1/models', 'models.example']],
  );
  await openFetch(`${direct.address}/v1`, environment)(`${direct.address}/v1/models`, post);
  t.is(direct.seen.length, 1);
  await failureOf(
    t,
    openFetch('http://other.example.invalid/v1', {...environment, NO_PROXY: '*'})(
      'http://other.example.invalid/v1',
      post,
    ),
  );
  t.is(proxy.seen.length, 1);
});

test('to a secure endpoint a tunnel is asked for, and its failure names the variable of the proxy', async (t) => {
  const proxy = await serve(t);
  const asking = openFetch('https://models.example/v1', {
    https_proxy: `127.0.0.1:${proxy.port}`,
  })('https://models.example/v1/models', post);
  const failure = await failureOf(t, asking);
  t.regex(failure?.kind === 'connection' ? failure.reason : '', /502.*\(through https_proxy\)$/);
  t.deepEqual(
    proxy.seen.map(({method, url}) => [method, url]),
    [['CONNECT', 'models.example:443']],
  );
  t.is(proxy.seen[0]?.headers.authorization, undefined);
});

test('a variable that holds no proxy is named, and what it holds is not shown', (t) => {
  const error = t.throws(
    () => openFetch('https://models.example/v1', {HTTPS_PROXY: 'socks4://user:secret@proxy'}),
    {instanceOf: TerminalError},
  );
  t.regex(error?.message ?? '', /^the environment variable HTTPS_PROXY is no address of a proxy/);
  t.notRegex(error?.message ?? '', /secret/);
});

test('a redirect within the endpoint is followed; one to elsewhere is not, and says where', async (t) => {
  const elsewhere = await serve(t);
  const here = await serve(t, (request, response) => {
    switch (request.url) {
      case '/v1/models':
        return response.writeHead(307, {location: '/v1/models/'}).end();
      case '/v1/round':
        return response.writeHead(308, {location: '/v1/round'}).end();
      case '/v1/away':
        return response.writeHead(307, {location: `${elsewhere.address}/v1/away?token=secret`}).end();
      default:
        return response.end(request.headers.authorization);
    }
  });
  const fetch = openFetch(`${here.address}/v1`, {});
  t.is(await (await fetch(`${here.address}/v1/models`, post)).text(), 'Bearer sk-1');
  const away = await failureOf(t, fetch(`${here.address}/v1/away`, post));
  t.is(
    away?.kind === 'status' && `${away.status} ${away.body}`,
    `307 it sends on to ${elsewhere.address}/v1/away, where the key is not taken`,
  );
  t.deepEqual(elsewhere.seen, []);
  const round = await failureOf(t, fetch(`${here.address}/v1/round`, post));
  t.is(round?.kind === 'status' && round.status, 308);
});

test('an answer without end, and a small one that unpacks to much, are read no further than 16 MiB', async (t) => {
  let written = 0;
  const endless = (response: NodeJS.WritableStream): void => {
    const megabyte = Buffer.alloc(2 ** 20, ' ');
    const more = (): void => {
      while (written < 2000 && response.write(megabyte)) written += 1;
      written += 1;
    };
    response.on('drain', more);
    more();
  };
  const {address} = await serve(t, (request, response) => {
    if (request.url === '/v1/plain') return endless(response);
    response.setHeader('content-encoding', 'gzip');
    const gzip = createGzip();
    gzip.pipe(response);
    response.on('close', () => gzip.destroy());
    endless(gzip);
  });
  const fetch = openFetch(`${address}/v1`, {});
  for (const path of ['plain', 'packed']) {
    written = 0;
    t.deepEqual(await failureOf(t, fetch(`${address}/v1/${path}`, post)), {kind: 'too_large'});
    t.true(written < 2000, `${path}: the connection was ended`);
  }
});

test('an answer is read however it is packed, and one that is packed otherwise is as it came', async (t) => {
  const packed: Readonly<Record<string, Buffer>> = {
    gzip: gzipSync('an answer'),
    br: brotliCompressSync('an answer'),
    zstd: Buffer.from('\u0000an answer'),
  };
  const {address, seen} = await serve(t, ({url = ''}, response) => {
    const encoding = url.slice('/v1/'.length);
    response.writeHead(200, {'content-encoding': encoding, 'x-request-id': 'é1'});
    response.end(packed[encoding]);
  });
  const fetch = openFetch(`${address}/v1`, {});
  for (const [encoding, expected] of [
    ['gzip', 'an answer'],
    ['br', 'an answer'],
    ['zstd', '\u0000an answer'],
  ] as const) {
    const response = await fetch(`${address}/v1/${encoding}`, post);
    t.is(await response.text(), expected);
    t.is(response.headers.get('x-request-id'), 'é1');
  }
  t.deepEqual(new Set(seen.map(({headers}) => headers['accept-encoding'])), new Set(['gzip, br']));
});

test('a refusal whose packed body is empty or cut is that refusal', async (t) => {
  const whole = gzipSync('no such key');
  const {address} = await serve(t, ({url}, response) => {
    response.writeHead(401, {'content-encoding': 'gzip'});
    response.end(url === '/v1/cut' ? whole.subarray(0, -4) : undefined);
  });
  const fetch = openFetch(`${address}/v1`, {});
  for (const [path, body] of [
    ['cut', 'no such key'],
    ['empty', ''],
  ])
    t.like(await failureOf(t, fetch(`${address}/v1/${path}`, post)), {kind: 'status', status: 401, body});
});

test('a body that is cut on its way, and one that is not what it is said to be, are failures of the connection', async (t) => {
  const noise = Buffer.alloc(4096, 7);
  const {address} = await serve(t, ({url}, response) => {
    if (url === '/v1/noise') return void response.writeHead(200, {'content-encoding': 'gzip'}).end(noise);
    response.writeHead(200, {
      'content-length': 8192,
      ...(url === '/v1/packed' && {'content-encoding': 'gzip'}),
    });
    response.write(url === '/v1/packed' ? gzipSync(noise).subarray(0, 20) : noise, () => response.destroy());
  });
  const fetch = openFetch(`${address}/v1`, {});
  for (const [path, reason] of [
    ['plain', 'other side closed'],
    ['packed', 'other side closed'],
    ['noise', 'incorrect header check'],
  ])
    t.deepEqual(await failureOf(t, fetch(`${address}/v1/${path}`, post)), {kind: 'connection', reason});
});

test('of a request that is given up, at whatever it was, nothing goes on and no connection is left', async (t) => {
  const {address, server} = await serve(t, ({url}, response) => {
    // None of these ends.
    switch (url) {
      case '/v1/silent':
        return;
      case '/v1/plain':
        return void response.write('{');
      case '/v1/packed':
        response.setHeader('content-encoding', 'gzip');
        return void response.write(gzipSync(Buffer.alloc(4096, 'x')).subarray(0, 25));
      case '/v1/refused':
        return void response.writeHead(400).write('x'.repeat(100_000));
      case '/v1/moved':
        return void response.writeHead(307, {location: 'http://else.example/'}).write('x'.repeat(100_000));
      default:
        return void response.writeHead(307, {location: '/v1/silent'}).write('x'.repeat(100_000));
    }
  });
  const fetch = openFetch(`${address}/v1`, {});
  // These two are answered by what was read, and the rest of their bodies is left.
  for (const [path, status] of [
    ['refused', 400],
    ['moved', 307],
  ]) {
    const leaving = new AbortController();
    const asking = fetch(`${address}/v1/${path}`, {...post, signal: leaving.signal});
    t.like(await failureOf(t, asking), {kind: 'status', status});
    leaving.abort();
  }
  for (const path of ['silent', 'plain', 'packed', 'followed']) {
    const leaving = new AbortController();
    const came = once(server, 'request');
    const asking = fetch(`${address}/v1/${path}`, {...post, signal: leaving.signal});
    await came;
    // With the head, and what there is of the body, or before them.
    const reason = new Error(`no longer wanted: ${path}`);
    setImmediate(() => leaving.abort(reason));
    t.is(await t.throwsAsync(asking), reason);
  }
  const connections = (): Promise<number> =>
    new Promise((resolve, reject) => {
      server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  while ((await connections()) > 0) await sleep(10);
  t.pass();
});

test('of an error’s body the beginning is read', async (t) => {
  const {address} = await serve(t, (_, response) => {
    response.writeHead(500, {'content-type': 'text/html'});
    response.write('<h1>Oops</h1>');
    response.write(Buffer.alloc(2 ** 20, 'x'));
  });
  const failure = await failureOf(t, openFetch(`${address}/v1`, {})(`${address}/v1`, post));
  t.is(failure?.kind === 'status' && failure.body.length, 65_536);
  t.true(failure?.kind === 'status' && failure.body.startsWith('<h1>Oops</h1>x'));
});

test.serial('what the environment holds for OpenAI’s own clients goes nowhere else', async (t) => {
  const secrets = {
    OPENAI_API_KEY: 'sk-secret',
    OPENAI_ADMIN_KEY: 'sk-secret-admin',
    OPENAI_ORG_ID: 'org-secret',
    OPENAI_PROJECT_ID: 'project-secret',
    OPENAI_CUSTOM_HEADERS: 'x-secret: secret',
  };
  const before = {...process.env};
  Object.assign(process.env, secrets);
  t.teardown(() => {
    for (const name of Object.keys(secrets)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  const {address, seen} = await serve(t, (_, response) => {
    response.end('{"data": [{"id": "m"}]}');
  });
  t.deepEqual(await listModels({baseUrl: `${address}/v1`, apiKey: undefined}, 20_000), {
    kind: 'models',
    models: ['m'],
  });
  t.is(seen[0]?.headers.authorization, undefined);
  t.notRegex(JSON.stringify(seen), /secret/);
});
