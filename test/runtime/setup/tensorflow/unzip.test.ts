import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {crc32, deflateRawSync} from 'node:zlib';
import test from 'ava';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {load} from '../scripts.js';

const {unzip} = await load<{
  unzip(archive: string, targetOf: (name: string) => string | undefined): Promise<void>;
}>('tensorflow/unzip.mjs');

interface Entry {
  readonly name: string;
  readonly content: Buffer;
  readonly stored?: boolean;
}

/** A zip archive as PKWARE's APPNOTE.TXT describes it, with an extra field and a comment, as real ones have. */
function zipOf(entries: readonly Entry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const {name, content, stored = false} of entries) {
    const data = stored ? content : deflateRawSync(content);
    const label = Buffer.from(name);
    const extra = Buffer.alloc(8);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(stored ? 0 : 8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(label.length, 22);
    common.writeUInt16LE(extra.length, 24);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, label, extra, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), common, rest, label, extra]),
    );
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  const comment = Buffer.from('a comment');
  end.writeUInt16LE(comment.length, 16);
  return Buffer.concat([...locals, central, Buffer.from('PK\u0005\u0006'), end, comment]);
}

const entries: readonly Entry[] = [
  {name: 'a/library.so', content: Buffer.alloc(300_000, 'library ')},
  {name: 'a/b/header.h', content: Buffer.from('#pragma once\n'), stored: true},
  {name: 'a/empty', content: Buffer.alloc(0), stored: true},
  {name: 'other', content: Buffer.from('not wanted')},
];

test('Files that are asked for are written, whatever their compression; others are not', async (t) => {
  const folder = temporaryFolder(t);
  const archive = join(folder, 'archive.zip');
  await writeFile(archive, zipOf(entries));
  await unzip(archive, (name) => (name.startsWith('a/') ? join(folder, 'out', name) : undefined));
  for (const {name, content} of entries.slice(0, 3))
    t.true((await readFile(join(folder, 'out', name))).equals(content), name);
  t.false(existsSync(join(folder, 'out', 'other')));
});

test('An archive that is cut off, and one with a wrong byte, are refused', async (t) => {
  const folder = temporaryFolder(t);
  const archive = join(folder, 'archive.zip');
  const bytes = zipOf(entries);
  const all = (name: string): string => join(folder, 'out', name);
  await writeFile(archive, bytes.subarray(0, bytes.length - 40));
  await t.throwsAsync(unzip(archive, all), {message: /is not a zip archive, or only a part of one/});
  bytes[bytes.indexOf('#pragma')] = 0;
  await writeFile(archive, bytes);
  await t.throwsAsync(unzip(archive, all), {message: /header\.h in .* is damaged/});
});
