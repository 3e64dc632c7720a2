/** Takes single files out of a zip archive, such as a Python wheel, without unpacking the rest. */
import {createReadStream, createWriteStream, mkdirSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {dirname} from 'node:path';
import {Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {crc32, createInflateRaw} from 'node:zlib';

/** Sizes in bytes of the fixed parts of the format (PKWARE's APPNOTE.TXT, 4.3), and their signatures. */
const END = {size: 22, signature: 0x06054b50};
const ENTRY = {size: 46, signature: 0x02014b50};
const LOCAL = {size: 30, signature: 0x04034b50};
const LONGEST_COMMENT = 0xffff;
const [STORED, DEFLATED] = [0, 8];

/**
 * Writes the files of `archive` for which `targetOf` gives a path to that path. Throws where the archive is damaged, or
 * of a form that wheels do not have (encrypted, more than 4 GB).
 *
 * @param {string} archive
 * @param {(name: string) => string | undefined} targetOf
 */
export async function unzip(archive, targetOf) {
  const file = await open(archive);
  try {
    for (const entry of await entriesOf(file, archive)) {
      const target = targetOf(entry.name);
      if (target !== undefined) await extract(file, archive, entry, target);
    }
  } finally {
    await file.close();
  }
}

async function entriesOf(file, archive) {
  const {size} = await file.stat();
  const tail = await bytesAt(file, Math.max(0, size - END.size - LONGEST_COMMENT), size);
  let end = tail.length - END.size;
  while (end >= 0 && tail.readUInt32LE(end) !== END.signature) end -= 1;
  if (end < 0) throw new Error(`${archive} is not a zip archive, or only a part of one`);
  const begin = tail.readUInt32LE(end + 16);
  const directory = await bytesAt(file, begin, begin + tail.readUInt32LE(end + 12));
  const entries = [];
  for (let at = 0; at < directory.length; ) {
    if (directory.readUInt32LE(at) !== ENTRY.signature) throw new Error(`${archive} is damaged`);
    const lengths = [28, 30, 32].map((offset) => directory.readUInt16LE(at + offset));
    entries.push({
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      compressedSize: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
      name: directory.toString('utf8', at + ENTRY.size, at + ENTRY.size + lengths[0]),
    });
    at += ENTRY.size + lengths[0] + lengths[1] + lengths[2];
  }
  return entries;
}

async function extract(file, archive, {method, crc, compressedSize, offset, name}, target) {
  const local = await bytesAt(file, offset, offset + LOCAL.size);
  if (local.readUInt32LE(0) !== LOCAL.signature || (method !== STORED && method !== DEFLATED)) {
    throw new Error(`${name} cannot be read from ${archive}`);
  }
  const start = offset + LOCAL.size + local.readUInt16LE(26) + local.readUInt16LE(28);
  mkdirSync(dirname(target), {recursive: true});
  let seen = 0;
  const check = new Transform({
    transform(chunk, _encoding, done) {
      seen = crc32(chunk, seen);
      done(null, chunk);
    },
  });
  const source =
    compressedSize === 0 ? [] : createReadStream(archive, {start, end: start + compressedSize - 1});
  const unpack = method === DEFLATED ? [createInflateRaw()] : [];
  await pipeline(source, ...unpack, check, createWriteStream(target));
  if (seen !== crc) throw new Error(`${name} in ${archive} is damaged`);
}

async function bytesAt(file, begin, end) {
  const {bytesRead, buffer} = await file.read(Buffer.alloc(end - begin), 0, end - begin, begin);
  return buffer.subarray(0, bytesRead);
}
