/** Content by its hash, on a real server. */
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {blobsStreamOf, blobsSubjectOf} from '../../../../runtime/bus/channels/subjects.js';
import {openLink} from '../../../../runtime/bus/connection/connection.js';
import type {Link} from '../../../../runtime/bus/connection/link.js';
import type {BlobName} from '../../../../runtime/bus/content/blobs.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

interface Content extends BlobName {
  readonly path: string;
  readonly bytes: Buffer;
}

/** A file of bytes that no two chunks have alike. */
const contentOf = (folder: string, sizeBytes: number): Content => {
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; at++) bytes[at] = (at * 31 + (at >> 8) * 7 + (at >> 16)) & 0xff;
  const path = join(folder, `content-${sizeBytes}`);
  writeFileSync(path, bytes);
  return {sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes, path, bytes};
};

const withLink = async (t: ExecutionContext, run: string): Promise<Link> => {
  const link = await openLink({url: server.url, run, name: 'onlooker'});
  t.teardown(() => link.close());
  return link;
};

test('Content of any size arrives byte for byte, and in folders that share nothing', async (t) => {
  const writer = await withBus(t, server, 'sizes', 'writer');
  const reader = await withBus(t, server, 'sizes', 'reader');
  for (const sizeBytes of [0, 1, 1024 * 1024 - 4096, 1024 * 1024 - 4095, 13 * 1024 * 1024 + 5]) {
    const content = contentOf(temporaryFolder(t), sizeBytes);
    t.true(await writer.blobs.put(content, content.path));
    const path = join(temporaryFolder(t), 'deep', 'copy');
    await reader.blobs.get(content, path);
    t.true(readFileSync(path).equals(content.bytes), `${sizeBytes} bytes`);
    t.deepEqual(readdirSync(join(path, '..')), ['copy']);
  }
});

test('What is there is not uploaded again, whoever has it', async (t) => {
  const content = contentOf(temporaryFolder(t), 3_000_000);
  const one = await withBus(t, server, 'twice', 'one');
  const other = await withBus(t, server, 'twice', 'other');
  t.true(await one.blobs.put(content, content.path));
  const link = await withLink(t, 'twice');
  const before = await link.streamState(blobsStreamOf('twice'));
  t.false(await other.blobs.put(content, content.path));
  t.false(await one.blobs.put(content, content.path));
  t.deepEqual(await link.streamState(blobsStreamOf('twice')), before);
});

test('A file that is not the content it is said to be is refused, and nothing of it stays', async (t) => {
  const bus = await withBus(t, server, 'refused');
  const content = contentOf(temporaryFolder(t), 2_500_000);
  writeFileSync(content.path, Buffer.concat([content.bytes.subarray(0, 2_000_000), Buffer.alloc(500_000)]));
  await t.throwsAsync(bus.blobs.put(content, content.path), {
    name: 'TerminalError',
    message: /altered since/,
  });
  writeFileSync(content.path, content.bytes.subarray(0, 2_000_000));
  await t.throwsAsync(bus.blobs.put(content, content.path), {
    name: 'TerminalError',
    message: /altered since/,
  });
  t.false(await bus.blobs.has(content.sha256));
  t.is((await (await withLink(t, 'refused')).streamState(blobsStreamOf('refused'))).messages, 0);
});

test('Content that was altered on the server is refused by its hash, and no file is left of it', async (t) => {
  const bus = await withBus(t, server, 'altered');
  const content = contentOf(temporaryFolder(t), 2_500_000);
  await bus.blobs.put(content, content.path);
  const link = await withLink(t, 'altered');
  const subject = `${blobsSubjectOf('altered')}.${content.sha256}.1`;
  const chunk = Buffer.from(await link.directGet(blobsStreamOf('altered'), subject));
  chunk[500] = (chunk[500] ?? 0) ^ 1;
  await link.put(subject, chunk);
  const folder = temporaryFolder(t);
  await t.throwsAsync(bus.blobs.get(content, join(folder, 'copy')), {
    name: 'TerminalError',
    message: new RegExp(`^${content.sha256}: what arrived`),
  });
  t.deepEqual(readdirSync(folder), []);
});

test('An upload that was cut off counts for nothing, and the next one completes it', async (t) => {
  const bus = await withBus(t, server, 'cut');
  const content = contentOf(temporaryFolder(t), 5_000_000);
  const cut = new AbortController();
  const upload = bus.blobs.put(content, content.path, cut.signal);
  cut.abort(new Error('killed'));
  await t.throwsAsync(upload, {message: 'killed'});
  t.false(await bus.blobs.has(content.sha256));
  await t.throwsAsync(bus.blobs.get(content, join(temporaryFolder(t), 'copy')), {name: 'TerminalError'});
  t.true(await bus.blobs.put(content, content.path));
  const path = join(temporaryFolder(t), 'copy');
  await bus.blobs.get(content, path);
  t.true(readFileSync(path).equals(content.bytes));
});

test('What was never there is not there, in a run that has no content at all', async (t) => {
  const bus = await withBus(t, server, 'none');
  t.false(await bus.blobs.has('ab'.repeat(32)));
  await bus.blobs.delete('ab'.repeat(32));
  const path = join(temporaryFolder(t), 'copy');
  await t.throwsAsync(bus.blobs.get({sha256: 'ab'.repeat(32), sizeBytes: 1}, path), {name: 'TerminalError'});
  t.false(existsSync(path));
});

test('Deleted content is gone and can come again; a run that is deleted takes all of it along', async (t) => {
  const bus = await withBus(t, server, 'deleted');
  const [one, other] = [contentOf(temporaryFolder(t), 100), contentOf(temporaryFolder(t), 3_000_000)];
  await bus.blobs.put(one, one.path);
  await bus.blobs.put(other, other.path);
  await bus.blobs.delete(other.sha256);
  t.false(await bus.blobs.has(other.sha256));
  t.true(await bus.blobs.has(one.sha256));
  t.true(await bus.blobs.put(other, other.path));
  t.true(await bus.blobs.has(other.sha256));
  await bus.deleteRun();
  t.false(await bus.blobs.has(one.sha256));
});

test('A server that stops and starts again in the middle of it holds a transfer up and harms nothing', async (t) => {
  const own = await startTestServer();
  t.teardown(() => own.remove());
  const bus = await withBus(t, own, 'restart');
  const content = contentOf(temporaryFolder(t), 30_000_000);
  const restart = async (): Promise<void> => {
    await own.stop();
    await own.start();
  };
  const [uploaded] = await Promise.all([bus.blobs.put(content, content.path), restart()]);
  t.true(uploaded);
  const path = join(temporaryFolder(t), 'copy');
  await Promise.all([bus.blobs.get(content, path), restart()]);
  t.true(readFileSync(path).equals(content.bytes));
});
