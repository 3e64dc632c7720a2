/** The logs of a run as its folder has them: each line as the message that it was. */
import {join} from 'node:path';
import type {z} from 'zod';
import {wrongIn} from '../../bus/channels/doors.js';
import type {LogName, MessageOf} from '../../bus/channels/subjects.js';
import {TerminalError} from '../../errors.js';
import {readJsonLines} from '../../json/json-lines.js';
import {fileOf} from '../../metrics/lines.js';
import {messageSchemas} from '../../metrics/message-schemas.js';

export interface LogLine<T> {
  readonly message: T;
  readonly sequence: number;
  /** `FILE:LINE`. */
  readonly where: string;
}

/** Rows of metrics that can be missing one after the other: each is put on the server, empty. */
const MOST_MISSING_ROWS = 10_000;

/**
 * The messages of a log's file in order, checked as they are when they come over the bus. Each sequence is there; of metrics,
 * whose rows are nobody's work, and of pairs, which can be trained on without the others, some may be missing.
 *
 * @throws TerminalError naming the file and the line.
 */
export async function* linesOf<N extends LogName>(
  runFolder: string,
  log: N,
): AsyncGenerator<LogLine<MessageOf<N>>> {
  const schema: z.ZodType<MessageOf<N>> = messageSchemas[log];
  let last = 0;
  const missing: {readonly from: number; readonly through: number}[] = [];
  for await (const {where, value} of readJsonLines(join(runFolder, fileOf(log)), `those of ${log}`)) {
    const line = plain(value);
    const sequence =
      typeof line === 'object' && line !== null && 'sequence' in line ? line.sequence : undefined;
    if (!Number.isSafeInteger(sequence) || typeof sequence !== 'number')
      throw new TerminalError(`${where}: has no sequence; put the line back as it was`);
    // Two that recorded at once may have written a message twice; one that was missing comes no more.
    if (sequence <= last) {
      if (missing.some(({from, through}) => from <= sequence && sequence <= through))
        throw new TerminalError(
          `${where}: has sequence ${sequence}, and a line before it has ${last}: one of the two was altered; put it back as it was`,
        );
      continue;
    }
    if (sequence > last + 1 && log !== 'metrics' && log !== 'pairs')
      throw new TerminalError(
        `${where}: message ${last + 1} of ${log} is not before it, and those after it would be others than they were; ` +
          'put the line back, or begin another --run',
      );
    if (log === 'metrics' && sequence - last - 1 > MOST_MISSING_ROWS)
      throw new TerminalError(
        `${where}: has sequence ${sequence} where ${last + 1} is next; put the line back as it was`,
      );
    if (sequence > last + 1) missing.push({from: last + 1, through: sequence - 1});
    if (log === 'checkpoints' && !('training_files' in (line as object)))
      throw new TerminalError(
        `${where}: names no files by their hashes, as checkpoints did before; such a run goes on only on the server that has ` +
          'it: begin another --run',
      );
    const read = schema.safeParse(line);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new TerminalError(
        `${where}: ${issue?.path.join('.') || 'the line'}: ${issue?.message}; put the line back as it was`,
      );
    }
    const wrong = wrongIn(log, read.data);
    if (wrong !== undefined) throw new TerminalError(`${where}: ${wrong}`);
    last = sequence;
    yield {message: read.data, sequence, where};
  }
}

export const messagesOf = async <N extends LogName>(runFolder: string, log: N): Promise<MessageOf<N>[]> => {
  const messages: MessageOf<N>[] = [];
  for await (const {message} of linesOf(runFolder, log)) messages.push(message);
  return messages;
};

/** Throws what `linesOf` throws, of the whole file. */
export const checkLines = async (runFolder: string, log: LogName): Promise<void> => {
  const lines = linesOf(runFolder, log);
  while (!(await lines.next()).done);
};

/** As JSON.parse has numbers. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? Number(each) : each)));
