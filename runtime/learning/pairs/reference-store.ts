/**
 * Reference log-probabilities on disk, by content: what one reference says of a completion is worked out once.
 *
 * A reference has a file of its own, named by a digest of all that decides its numbers. A line is one completion:
 * `{"tokens": DIGEST, "logps": NUMBER}`, the digest over the ids of prompt and completion, which hold template and
 * truncation already. Deleting the folder costs time and nothing else.
 *
 * S1 Lines are only added, many with one write to the file's end, so that several processes may add at once.
 * S2 A line that is not whole (a kill, a full disk) is passed over when reading, and never runs into the next one.
 */
import {createHash} from 'node:crypto';
import {type FileHandle, open} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {messageOf, TerminalError} from '../../errors.js';
import {ensureFolder} from '../../machine/ensure-folder.js';

/** Prompt and completion as token ids. */
export interface ScoredTokens {
  readonly promptIds: ArrayLike<number>;
  readonly completionIds: ArrayLike<number>;
}

export interface ReferenceStore {
  /** log π_ref(y|x), nats, where it is known. */
  get(tokens: ScoredTokens): number | undefined;
  /** Keeps finite numbers, on disk when it resolves. */
  add(entries: readonly (readonly [ScoredTokens, number])[]): Promise<void>;
  close(): Promise<void>;
}

/** What decides a reference's numbers. */
export interface Reference {
  readonly weightsSha256: string;
  /** Rotary scaling and the like change numbers without changing weights. */
  readonly config: object;
  /** Executors, and their devices and precisions, differ in the last digits; the same run must give the same bytes. */
  readonly executor: string;
  readonly device: string;
  readonly precision: string;
}

const lineSchema = z.object({tokens: z.string(), logps: z.number()});

/**
 * Opens the reference's file in a folder; both are made where they do not exist.
 *
 * @param folder undefined keeps nothing beyond this process.
 * @throws TerminalError where they cannot be.
 */
export async function openReferenceStore(
  folder: string | undefined,
  reference: Reference,
): Promise<ReferenceStore> {
  if (folder === undefined)
    return storeOf(
      new Map(),
      () => Promise.resolve(),
      () => Promise.resolve(),
    );
  const path = join(folder, `${digestOf(JSON.stringify(reference))}.jsonl`);
  const file = await openForAdding(folder, path);
  const {known, isWhole} = await readEntries(file);
  // The first line of this process must not continue one that another was killed in.
  let before = isWhole ? '' : '\n';
  const append = async (lines: string): Promise<void> => {
    await file.appendFile(before + lines);
    before = '';
  };
  return storeOf(known, append, () => file.close());
}

function storeOf(
  known: Map<string, number>,
  append: (lines: string) => Promise<void>,
  close: () => Promise<void>,
): ReferenceStore {
  return {
    get: (tokens) => known.get(tokenDigest(tokens)),
    async add(entries) {
      const lines = entries
        .filter(([, logps]) => Number.isFinite(logps))
        .map(([tokens, logps]) => {
          const digest = tokenDigest(tokens);
          known.set(digest, logps);
          return `${JSON.stringify({tokens: digest, logps})}\n`;
        });
      if (lines.length > 0) await append(lines.join(''));
    },
    close,
  };
}

async function openForAdding(folder: string, path: string): Promise<FileHandle> {
  try {
    await ensureFolder(folder);
    return await open(path, 'a+');
  } catch (error) {
    throw new TerminalError(`${path}: ${messageOf(error)}; give a folder that can be written with --cache`);
  }
}

async function readEntries(file: FileHandle): Promise<{known: Map<string, number>; isWhole: boolean}> {
  const known = new Map<string, number>();
  let last = '\n';
  const stream = file.createReadStream({encoding: 'utf8', start: 0, autoClose: false});
  let rest = '';
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) readEntry(line, known);
    last = chunk.at(-1) ?? last;
  }
  return {known, isWhole: last === '\n'};
}

function readEntry(line: string, known: Map<string, number>): void {
  try {
    const {tokens, logps} = lineSchema.parse(JSON.parse(line));
    known.set(tokens, logps);
  } catch {
    // Torn: it will be worked out again.
  }
}

/** Over the number of prompt ids, the prompt's ids and the completion's. */
function tokenDigest({promptIds, completionIds}: ScoredTokens): string {
  const ids = new Int32Array(1 + promptIds.length + completionIds.length);
  ids[0] = promptIds.length;
  ids.set(promptIds, 1);
  ids.set(completionIds, 1 + promptIds.length);
  return digestOf(new Uint8Array(ids.buffer));
}

/** 128 bits are enough to tell all texts apart. */
const digestOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 32);
