/** Many texts by number, in little memory: what is beyond a part of them lies in a file without a name. */
import {randomUUID} from 'node:crypto';
import {type FileHandle, open, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {TerminalError} from '../../errors.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {Numbers} from './numbers.js';

/** Held before they are written. */
const HELD_BYTES = 16 * 1024 ** 2;

export class Texts {
  readonly #folder: string;
  /** Where each begins, in bytes. */
  readonly #begins = new Numbers();
  #bytes = 0;
  /** Those that are not written yet. */
  #held: string[] = [];
  #written = 0;
  #file: FileHandle | undefined;

  /** @param folder made where it is not there, once there is more than memory is to hold. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  get length(): number {
    return this.#begins.length;
  }

  /** Whether so many are held that they are to be written. */
  add(text: string): boolean {
    this.#begins.push(this.#bytes);
    this.#held.push(text);
    this.#bytes += Buffer.byteLength(text);
    return this.#bytes - this.#written >= HELD_BYTES;
  }

  /** Writes those that are held. */
  async write(): Promise<void> {
    this.#file ??= await unnamedFile(this.#folder);
    await this.#file.appendFile(this.#held.join(''));
    this.#written = this.#bytes;
    this.#held = [];
  }

  /** Of a text, in UTF-8. */
  bytesAt(index: number): number {
    return (index + 1 < this.length ? this.#begins.at(index + 1) : this.#bytes) - this.#begins.at(index);
  }

  async at(index: number): Promise<string> {
    const first = this.length - this.#held.length;
    const held = this.#held[index - first];
    if (held !== undefined) return held;
    const bytes = Buffer.alloc(this.bytesAt(index));
    const {bytesRead = 0} = (await this.#file?.read(bytes, 0, bytes.length, this.#begins.at(index))) ?? {};
    if (bytesRead !== bytes.length)
      throw new TerminalError(`${this.#folder}: texts that were put by there are gone`);
    return bytes.toString();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}

/** Of this process alone: it goes away with it, however that ends. */
async function unnamedFile(folder: string): Promise<FileHandle> {
  await ensureFolder(folder);
  const path = join(folder, `.texts-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await rm(path);
  return file;
}
