/**
 * A run goes on from its folder where its server has lost it: what the folder's logs say is put on the server again.
 *
 * L1 Each line becomes the message that it was, under the sequence that it had: so that what a checkpoint says of the pairs
 *    before it holds, no pair is trained on twice in an epoch, and recording goes on behind the lines.
 * L2 A checkpoint that is not whole, or is of more pairs or revisions than the folder has, is not gone on from.
 * L3 A pair whose line is missing leaves its sequence free. Its prompt is one of those of which nothing is known; as it may
 *    have been trained on, none of them goes out again, and all come to their end as rejections.
 * L4 What the run began with is put last, by the caller: until then the server has not got the run, and the same command
 *    takes this up again where it ended.
 */
import {rename} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {Answer, type Checkpoint} from '../../../proto/messages.js';
import {askers} from '../../actors.js';
import type {Bus} from '../../bus/bus.js';
import {type LogName, type MessageOf, queueNames, streamOf} from '../../bus/channels/subjects.js';
import {type Account, accountOf} from '../../endpoints/usage.js';
import {isMissing, TerminalError} from '../../errors.js';
import {fileOf} from '../../metrics/lines.js';
import {recordedLogs} from '../../metrics/record-run.js';
import {openForAppending} from '../../metrics/tail.js';
import {hasContent} from '../checkpoints/content.js';
import {keptOf, scoringOf} from '../checkpoints/retention.js';
import {scoreKey} from '../evaluation/due.js';
import {markLost} from '../feed/published.js';
import type {Fleet} from '../file/schema.js';
import {lackOf, promptsIn, unknownEnd} from './gone-prompts.js';
import {checkLines, linesOf, messagesOf} from './recorded.js';
import {type Ends, filesOf, soundOf} from './sound-checkpoints.js';

export interface LostRun {
  readonly bus: Bus;
  readonly runFolder: string;
  readonly fleet: Pick<Fleet, 'training' | 'evaluation' | 'seed' | 'maxOutstandingPrompts'>;
  /** How many the run has. */
  readonly prompts: number;
  readonly say: (line: string) => void;
}

/** The sequence that each file of a run's folder ends with. */
const endsIn = async (runFolder: string): Promise<Ends> => {
  const ends = recordedLogs.map(async (log) => {
    const {file, sequence} = await openForAppending(join(runFolder, fileOf(log)));
    await file.close();
    return [log, sequence] as const;
  });
  return Object.fromEntries(await Promise.all(ends)) as Ends;
};

/**
 * Looks whether a server that does not say what the run began with has lost it, and puts it there again where that is wanted.
 *
 * @throws TerminalError where it is lost and not to be put there again, where the folder has nothing of it, and where what
 * it has does not do.
 */
export const goOnFromFolder = async (run: LostRun, isWanted: boolean): Promise<void> => {
  const {bus, runFolder} = run;
  const ends = await endsIn(runFolder);
  if (isWanted && recordedLogs.every((log) => ends[log] === 0))
    throw new TerminalError(
      `${runFolder}: holds nothing of a run to go on from: leave out --from-folder, or give the --run that is there`,
    );
  for (const log of recordedLogs) {
    const {lastSequence} = await bus.state(log);
    if (lastSequence >= ends[log]) continue;
    if (isWanted) return restore(run, ends);
    throw new TerminalError(
      `${join(runFolder, fileOf(log))}: holds ${log} up to ${ends[log]}, and the NATS server has lost run ${bus.run}, or ` +
        'never had it: give the server that it is on (NATS_URL, --nats), or go on from what the folder holds by --from-folder',
    );
  }
};

/** A fleet that did not notice that its server was emptied may have gone on there: what it made would be made twice. */
const requireUnused = async (bus: Bus): Promise<void> => {
  for (const queue of queueNames)
    if ((await bus.state(queue)).lastSequence > 0)
      throw new TerminalError(
        `the NATS server has lost run ${bus.run} and begun it anew: delete its streams there, ${streamOf(bus.run, queue)} and ` +
          'those beside it, and take the run up again',
      );
};

const restore = async (run: LostRun, ends: Ends): Promise<void> => {
  const {bus, runFolder, fleet, say} = run;
  await requireUnused(bus);
  const checkpoints = await messagesOf(runFolder, 'checkpoints');
  const scores = await messagesOf(runFolder, 'scores');
  const {unused, whole} = await soundOf(runFolder, checkpoints, ends);
  // All are read before anything is put: what is refused leaves folder and server as they were.
  const gone = await promptsIn(run);
  const {missing} = gone;
  for (const log of ['controls', 'acknowledgements', 'metrics', 'alerts', 'comparisons', 'advice'] as const)
    await checkLines(runFolder, log);
  say(
    `putting run ${bus.run} on the server from ${runFolder}: ${ends.pairs - missing.length} pairs, ` +
      `${checkpoints.length} checkpoints; ${missing.length === 0 ? 'prompts that were on their way go out again' : lackOf(missing, gone.unknown)}`,
  );
  for (const {checkpoint, why} of unused) {
    say(`the checkpoint of step ${checkpoint.step} is not gone on from: ${why}`);
    for (const {path} of checkpoint.trainingFiles) await setAside(resolve(runFolder, path));
  }
  // Before any prompt could be taken for one that never went out.
  await markLost(bus, gone);
  if (fleet.training.share === 'bus') {
    const scoring = scoringOf(fleet, checkpoints, scores);
    for (const checkpoint of keptOf(checkpoints, scoring, {last: 1, best: 0}, whole))
      await putFiles(run, checkpoint);
  }
  for (const log of recordedLogs) await restoreLog(run, log);
  await bus.kv.put<Account>('usage', await accountIn(runFolder));
  for (const [index, promptId] of gone.unknown.entries())
    await bus.publish('rejections', unknownEnd(promptId, index < missing.length), promptId);
};

/** What was spent by what each process last said of it. */
const accountIn = async (runFolder: string): Promise<Account> => {
  const counts = new Map<string, Record<string, number>>();
  for await (const {message} of linesOf(runFolder, 'metrics')) {
    const {actor, index, values} = message;
    if (!askers.some((name) => name === actor)) continue;
    counts.set(`${actor}-${index}`, {...counts.get(`${actor}-${index}`), ...values});
  }
  return accountOf(
    // A sampler that computes the policy itself has counts of tokens, and asked nobody.
    [...counts]
      .filter(([, values]) => values['endpoint/requests'] !== undefined)
      .map(([process, values]) => ({
        process,
        requests: values['endpoint/requests'] ?? 0,
        promptTokens: values['tokens/prompt'] ?? 0,
        completionTokens: values['tokens/completion'] ?? 0,
        cost: values.cost ?? 0,
      })),
  );
};

const setAside = async (path: string): Promise<void> => {
  await rename(path, `${path}.unused`).catch((error) => {
    if (!isMissing(error)) throw error;
  });
};

/** What other machines, and whoever finds a file altered, take from the bus. */
const putFiles = async ({bus, runFolder}: LostRun, checkpoint: Checkpoint): Promise<void> => {
  for (const {file, path} of filesOf(runFolder, checkpoint))
    if (await hasContent(path, file)) await bus.blobs.put(file, path);
};

/** A row of metrics that nobody could read has no line; this one has its place. */
const noRow: MessageOf<'metrics'> = {actor: 'up', index: 0, timeUnixMs: 0, objective: '', values: {}};

/** Under the ids that their actors gave: what an actor says once more stays one message. */
const idOf: {readonly [N in LogName]: (message: MessageOf<N>) => string} = {
  metrics: () => '',
  scores: scoreKey,
  checkpoints: () => '',
  rejections: ({promptId}) => promptId,
  pairs: ({promptId}) => promptId,
  held_out: ({promptId}) => promptId,
  controls: ({revision}) => `revision-${revision}`,
  acknowledgements: ({revision, actor, index, answer}) =>
    answer === Answer.ANSWER_ACCEPTED || answer === Answer.ANSWER_REFUSED
      ? `decision-${revision}`
      : `applied-${revision}-${actor}-${index}`,
  alerts: ({rule, objectiveRevision}) => `${rule}-${objectiveRevision}`,
  comparisons: ({promptId}) => promptId,
  advice: ({policyVersion}) => `advice-${policyVersion}`,
};

const restoreLog = async <N extends LogName>({bus, runFolder}: LostRun, log: N): Promise<void> => {
  /** Up to here the log is what it was; more than nothing where this was begun before. */
  let {lastSequence: restored} = await bus.state(log);
  const ids = new Set<string>();
  const put = async (message: MessageOf<N>, sequence: number, where: string): Promise<void> => {
    const own = idOf[log](message);
    const id = own === '' || ids.has(own) ? `restored-${sequence}` : own;
    ids.add(id);
    if (sequence <= restored) return;
    const published = await bus.publishAfter(log, message, {id, after: sequence - 1});
    if (published === false || published.sequence !== sequence)
      throw new TerminalError(
        `${where}: somebody else writes to the ${log} of run ${bus.run}: end its actors, and take the run up again`,
      );
    restored = sequence;
  };
  let next = 1;
  for await (const {message, sequence, where} of linesOf(runFolder, log)) {
    for (; next < sequence; next += 1)
      await (log === 'metrics' ? put(noRow as MessageOf<N>, next, where) : bus.leaveOut(log, next));
    await put(message, sequence, where);
    next = sequence + 1;
  }
};
