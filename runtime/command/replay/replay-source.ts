/** The run that is replayed: the pairs that its learner had, in the order in which it had them. */
import {createHash} from 'node:crypto';
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {type PreferencePair, RejectionReason} from '../../../proto/messages.js';
import {readLogFile} from '../../dashboard/read/log-file.js';
import {TerminalError} from '../../errors.js';
import {holdOutOf, isHeldOut} from '../../fleet/file/held-out.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import {type Fleet, fleetSchema} from '../../fleet/file/schema.js';
import {linesOf} from '../../fleet/run/recorded.js';
import {isLive, readRecord} from '../../fleet/run/run-folder.js';
import {readJson} from '../../json/json-file.js';
import {type Batch, batchesOf} from '../../learning/batches.js';
import {fileOf} from '../../metrics/lines.js';
import {rejectionWord} from '../../metrics/names.js';
import {conversationOf} from '../../model/text/conversations.js';

export interface ReplaySource {
  /** Its id. */
  readonly run: string;
  readonly folder: string;
  readonly fleet: Fleet;
  /** Of a run that trained, by the sequence of its log; of one that made pairs alone, by the order of its prompts. */
  readonly pairs: readonly LoggedPair[];
  readonly heldOut: readonly PreferencePair[];
  /** Of the tokens of all of them, in order, and of what the reference says of them. */
  readonly pairsSha256: string;
}

export interface LoggedPair {
  readonly pair: PreferencePair;
  readonly sequence: number;
  /** The learner had it and did not train on it: it came too late, or could not be trained on. */
  readonly unfit: boolean;
}

/** What the learner gave back. */
const UNFIT = [RejectionReason.REJECTION_REASON_STALE, RejectionReason.REJECTION_REASON_UNREADABLE].map(
  rejectionWord,
);

const rejectionSchema = z.object({prompt_id: z.string(), actor: z.string(), reason: z.string()});

/**
 * Reads a run's folder.
 *
 * @throws TerminalError where it is no run's, its run still goes on, or it has no pair.
 */
export const readReplaySource = async (folder: string): Promise<ReplaySource> => {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const record = isFolder ? await readRecord(folder) : undefined;
  if (record === undefined)
    throw new TerminalError(`${folder}: has no run.json, so it is no run's folder; runs lie under runs/`);
  if (isLive(record))
    throw new TerminalError(
      `run ${record.run} still goes on (process ${record.pid}): its log of pairs is not complete; wait for its end, or stop it`,
    );
  const fleet = await readJson(join(folder, 'fleet.json'), fleetSchema);
  const unfit = new Set<string>();
  await readLogFile(join(folder, fileOf('rejections')), rejectionSchema, ({prompt_id, actor, reason}) => {
    if (actor === 'learner' && UNFIT.includes(reason)) unfit.add(prompt_id);
  });
  const logged: LoggedPair[] = [];
  for await (const {message: pair, sequence} of linesOf(folder, 'pairs'))
    logged.push({pair, sequence, unfit: unfit.has(pair.promptId)});
  if (logged.length === 0)
    throw new TerminalError(
      `${join(folder, fileOf('pairs'))}: holds no pair, so there is nothing to train on`,
    );
  const pairs = hasLearner(fleet) ? logged : byPrompt(logged);
  const heldOut = await heldOutPairs(folder);
  return {run: record.run, folder, fleet, pairs, heldOut, pairsSha256: loggedDigest(pairs)};
};

/**
 * Of a run that made pairs alone, those of the first `holdOut` prompts of the fleet that trains on them are held back; a run that
 * trained has held back its own. Prompts lie in the order of the run's seed, so that the first ones are drawn by it.
 *
 * @throws TerminalError where all are held back, or none.
 */
export const withHeldOut = (source: ReplaySource, fleet: Fleet): ReplaySource => {
  const holdOut = holdOutOf(fleet);
  if (hasLearner(source.fleet) || holdOut === 0) return source;
  const heldOut = source.pairs.flatMap(({pair}) => (isHeldOut(pair.promptId, fleet) ? [pair] : []));
  // A prompt that says again what is held back would have that trained on.
  const asked = new Set(heldOut.map(askedBy));
  const trained = source.pairs.filter(({pair}) => !asked.has(askedBy(pair)));
  const all = `run ${source.run}: evaluation.holdOut ${holdOut}: `;
  if (heldOut.length === 0)
    throw new TerminalError(`${all}none of its first ${holdOut} prompts became a pair; raise it`);
  if (trained.length === 0)
    throw new TerminalError(
      `${all}all ${heldOut.length} pairs are of those prompts, and none is left to train on; lower it, or make more pairs`,
    );
  const pairs = numbered(trained);
  return {...source, pairs, heldOut, pairsSha256: loggedDigest(pairs)};
};

const askedBy = (pair: PreferencePair): string => JSON.stringify(conversationOf(pair));

/** Numbered anew: of pairs that nobody trained on, the order in which they came says nothing. */
const byPrompt = (logged: readonly LoggedPair[]): LoggedPair[] => {
  const first = new Map<string, LoggedPair>();
  for (const each of logged) if (!first.has(each.pair.promptId)) first.set(each.pair.promptId, each);
  return numbered(
    [...first.values()].sort((one, other) => Number(one.pair.promptId) - Number(other.pair.promptId)),
  );
};

const numbered = (pairs: readonly LoggedPair[]): LoggedPair[] =>
  pairs.map((each, index) => ({...each, sequence: index + 1}));

/** Each prompt's once, in the order of the prompts, as the evaluator has them. */
const heldOutPairs = async (folder: string): Promise<PreferencePair[]> => {
  const pairs = new Map<string, PreferencePair>();
  const {rows} = await readLogFile(join(folder, fileOf('held_out')), z.unknown(), () => undefined);
  if (rows === 0) return [];
  for await (const {message} of linesOf(folder, 'held_out')) pairs.set(message.promptId, message);
  return [...pairs.values()].sort((one, other) => Number(one.promptId) - Number(other.promptId));
};

/** Of tokens and of what the reference says of them. */
export const digestOf = (
  pairs: readonly PreferencePair[],
  isUnfit: (place: number) => boolean = () => false,
): string => {
  const hash = createHash('sha256');
  for (const [place, pair] of pairs.entries()) {
    const {promptIds, chosenIds, rejectedIds, referenceChosenLogps, referenceRejectedLogps} = pair;
    hash.update(
      JSON.stringify([
        promptIds,
        chosenIds,
        rejectedIds,
        referenceChosenLogps,
        referenceRejectedLogps,
        isUnfit(place),
      ]),
    );
  }
  return hash.digest('hex');
};

const loggedDigest = (logged: readonly LoggedPair[]): string =>
  digestOf(
    logged.map(({pair}) => pair),
    (place) => logged[place]?.unfit ?? false,
  );

/** The batches that a learner of this fleet makes of the pairs: those of the run itself, where the fleet is its own. */
export const replayBatches = (
  {pairs}: Pick<ReplaySource, 'pairs'>,
  {training: {batchSize, epochs, maxPairs}, seed}: Pick<Fleet, 'training' | 'seed'>,
): AsyncGenerator<Batch<LoggedPair>> => {
  const entries = pairs.map((message) => ({message, sequence: message.sequence}))[Symbol.iterator]();
  return batchesOf<LoggedPair>(
    {
      next: async () => entries.next(),
      return: async () => ({done: true, value: undefined}),
    },
    {
      batchSize,
      epochs,
      maxPairs,
      seed,
      from: {epoch: 1, index: 0},
      step: 0,
      isUnfit: ({unfit}) => unfit,
      end: Promise.resolve(pairs.at(-1)?.sequence ?? 0),
      stop: new Promise<never>(() => undefined),
    },
  );
};
