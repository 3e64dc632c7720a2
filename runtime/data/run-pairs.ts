/**
 * The pairs of a run in the order of its prompts, whatever the order was in which they came: what was made twice from the same
 * seed and the same answers is the same, whoever was killed meanwhile.
 */
import {createReadStream} from 'node:fs';
import {open} from 'node:fs/promises';
import {join} from 'node:path';
import {isMissing, TerminalError} from '../errors.js';
import {fileOf} from '../metrics/lines.js';
import {type MadePair, madePairSchema} from './made-pair.js';

/** Where a line is. */
interface Place {
  readonly promptId: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Each prompt's pair, once. The file is read twice and memory holds its places alone, about 100 bytes a pair.
 *
 * @throws TerminalError naming the file and the byte of what is no pair; a line that has no end yet is none.
 */
export async function* runPairs(runFolder: string): AsyncGenerator<MadePair> {
  const file = join(runFolder, fileOf('pairs'));
  const places = await placesIn(file);
  places.sort((one, other) => compareIds(one.promptId, other.promptId));
  if (places.length === 0) return;
  const handle = await open(file);
  try {
    for (const {offset, length} of places) {
      const bytes = Buffer.alloc(length);
      await handle.read(bytes, 0, length, offset);
      yield pairIn(bytes, file, offset);
    }
  } finally {
    await handle.close();
  }
}

/** Ids are numbers, by the order of the prompts; others come after them. */
const compareIds = (one: string, other: string): number => {
  const [a, b] = [Number(one), Number(other)];
  if (Number.isFinite(a) && Number.isFinite(b)) return a - b;
  if (Number.isFinite(a) !== Number.isFinite(b)) return Number.isFinite(a) ? -1 : 1;
  return one < other ? -1 : Number(one > other);
};

const placesIn = async (file: string): Promise<Place[]> => {
  const places: Place[] = [];
  const seen = new Set<string>();
  for await (const {bytes, offset} of linesOf(file)) {
    const {prompt_id: promptId} = pairIn(bytes, file, offset);
    // A prompt that was answered twice has one pair in a data set.
    if (seen.has(promptId)) continue;
    seen.add(promptId);
    places.push({promptId, offset, length: bytes.length});
  }
  return places;
};

const NEWLINE = 10;

/** Whole lines with where they begin; none of a file that is not there. */
async function* linesOf(file: string): AsyncGenerator<{readonly bytes: Buffer; readonly offset: number}> {
  let begun: Buffer[] = [];
  let offset = 0;
  try {
    for await (const chunk of createReadStream(file)) {
      let rest = chunk as Buffer;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        const bytes = Buffer.concat([...begun, rest.subarray(0, end)]);
        if (bytes.length > 0) yield {bytes, offset};
        offset += bytes.length + 1;
        begun = [];
        rest = rest.subarray(end + 1);
      }
      begun.push(rest);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

const pairIn = (bytes: Buffer, file: string, offset: number): MadePair => {
  try {
    return madePairSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new TerminalError(
      `${file}: what begins at byte ${offset} is no pair; put the line back as it was`,
      {
        cause,
      },
    );
  }
};
