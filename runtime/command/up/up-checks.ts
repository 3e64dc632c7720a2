/** What `anchorage up` looks at before it starts anything: a fleet that cannot run is refused here. */
import {setTimeout as sleep} from 'node:timers/promises';
import type {Bus} from '../../bus/bus.js';
import {makePrompts} from '../../demo/task.js';
import {TEACHER_KEY_ENV} from '../../demo/teacher/process.js';
import type {EndpointPlace} from '../../endpoints/explain.js';
import {patienceOf, waitingLine} from '../../endpoints/health.js';
import {apiKeyFor, askingPlace} from '../../endpoints/place.js';
import {TerminalError} from '../../errors.js';
import {requireAskable} from '../../fleet/evaluation/askable.js';
import {
  type Dropped,
  type FilePrompts,
  listedPrompts,
  type PromptsFile,
  type RunPrompts,
  readPrompts,
} from '../../fleet/feed/prompts.js';
import {evaluationsOf} from '../../fleet/file/evaluations.js';
import {holdOutOf, withoutHeldOutCopies} from '../../fleet/file/held-out.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {everyAsker} from '../../fleet/fleet-actors.js';
import {checkRunFolder, RUNS_FOLDER} from '../../fleet/run/run-folder.js';
import {serialFleet, usablePrompts} from '../../fleet/stages.js';
import {complain} from '../../output.js';
import {openSuite} from '../../suites/suites.js';
import {isDemo, teacherKey} from '../teacher.js';
import {requireConversations} from './conversations.js';
import type {UpOptions} from './up-options.js';

/** What a run is started with. */
export interface Checked {
  /** As it runs: with `--serial`, nothing bounds what is on its way. */
  readonly fleet: Fleet;
  /** All of the run's, in an order that a restart repeats. */
  readonly prompts: RunPrompts;
  /** What of that file is not among them; undefined where they are of none. */
  readonly dropped: Dropped | undefined;
}

/**
 * @param read the prompts of the fleet's file, for whoever has read them.
 * @throws TerminalError where the fleet cannot run so.
 */
export const checkUp = async (
  asked: Fleet,
  options: UpOptions,
  read: (prompts: PromptsFile) => Promise<FilePrompts> = (prompts) => readPrompts(prompts),
): Promise<Checked> => {
  const {serial = false} = options;
  if (serial && !options.actors)
    throw new TerminalError('--serial starts and ends the actors itself: leave out --no-actors');
  if (serial && options.fromFolder === true)
    throw new TerminalError(
      '--serial counts what the server was sent, which --from-folder does not bring back: leave one of them out',
    );
  const {prompts: all, dropped} = await promptsOf(asked, read);
  await requireConversations(all, asked);
  // What an evaluator would find wrong with it only when the first checkpoint is there.
  for (const evaluation of evaluationsOf(asked))
    requireAskable(await openSuite(evaluation), evaluation, asked);
  if (all.length <= holdOutOf(asked))
    throw new TerminalError(
      `evaluation.holdOut: ${holdOutOf(asked)} leaves none of the ${all.length} prompts to train on; lower it`,
    );
  const prompts = serial ? all.first(usablePrompts(asked)) : all;
  const fleet = serial ? serialFleet(asked, prompts.length) : asked;
  const run = options.run ?? fleet.run;
  if (run !== undefined) await checkRunFolder(RUNS_FOLDER, run, fleet);
  await checkEndpoints(fleet, options);
  return {fleet, prompts, dropped};
};

const promptsOf = async (
  fleet: Fleet,
  read: (prompts: PromptsFile) => Promise<FilePrompts>,
): Promise<Omit<Checked, 'fleet'>> => {
  const {prompts, seed} = fleet;
  if ('file' in prompts) {
    const found = await read(prompts);
    return {prompts: found.choose(prompts.count, seed), dropped: found.dropped};
  }
  const made = makePrompts({split: 'train', count: prompts.count, seed});
  return {prompts: listedPrompts(withoutHeldOutCopies(made, fleet)), dropped: undefined};
};

/** Throws a `TerminalError` that names the first prompt, by file and line where it has one, that the server has no room for. */
export const requireRoom = (prompts: RunPrompts, bus: Pick<Bus, 'mostBytes'>): void => {
  const most = bus.mostBytes();
  for (let index = 0; index < prompts.length; index++) {
    const bytes = prompts.bytesAt(index);
    // A message holds little besides: the prompt's number.
    const room = most - PROMPT_NUMBER_BYTES;
    if (bytes <= room) continue;
    const answers = prompts.answersSizeAt?.(index) ?? {bytes: 0, rows: 1};
    const own = bytes - answers.bytes;
    const [what, remedy] =
      own > room
        ? [`prompt: has ${own} bytes`, 'shorten it']
        : [
            `prompt and recorded answers: have ${own} and ${answers.bytes} bytes${answers.rows === 1 ? '' : `, joined of ${answers.rows} rows that say the prompt`}`,
            'take some of the answers away',
          ];
    throw new TerminalError(
      `${prompts.whereOf(index)}: ${what}, and a message of the NATS server ${most}; ${remedy}, or raise the server's max_payload`,
    );
  }
};

const PROMPT_NUMBER_BYTES = 64;

/** Between tries at one that cannot be reached. */
const PAUSE_MS = 1_000;

/**
 * Asks every endpoint in use once, before anything starts; one that cannot be reached may still load its model, and is waited for
 * as actors wait for it, but for a dry run. The demo teacher is not there yet, and needs no check.
 */
const checkEndpoints = async (fleet: Fleet, options: UpOptions): Promise<void> => {
  const asked = new Map<string, CheckedPlace[]>();
  for (const {actor, key, asking, endpoint} of everyAsker(fleet)) {
    if (isDemo(endpoint)) {
      if (!options.actors && teacherKey() === undefined)
        throw new TerminalError(
          `endpoints.${asking.endpoint}: with --no-actors the demo teacher has no key that others know; set ${TEACHER_KEY_ENV} to any word, here and for each \`anchorage start ${actor}\`, on this machine`,
        );
      continue;
    }
    const place = askingPlace(key, asking, fleet.endpoints);
    const {timeoutMs} = asking;
    asked.set(key, [...(asked.get(key) ?? []), {...place, apiKey: apiKeyFor(place), timeoutMs}]);
  }
  for (const places of asked.values()) await checkRole(places, options.dryRun !== true);
};

type CheckedPlace = EndpointPlace & {readonly apiKey: string | undefined; readonly timeoutMs: number};

/** The endpoints of one role: one that answers does for all. */
const checkRole = async (places: readonly CheckedPlace[], isWaitedFor: boolean): Promise<void> => {
  const {checkEndpoint} = await import('../../endpoints/check.js');
  const timeoutMs = Math.max(...places.map((place) => place.timeoutMs));
  const untilMs = performance.now() + patienceOf(timeoutMs);
  for (let isTold = false; ; isTold = true) {
    const checks = await Promise.all(places.map((place) => checkEndpoint(place)));
    const failed = checks.flatMap((check) =>
      check.kind === 'serves' || check.kind === 'unlisted' || check.kind === 'model_missing' ? [] : [check],
    );
    if (failed.length < places.length) {
      for (const {reason} of failed) complain(`${reason}; going on with the others`);
      for (const check of checks)
        if (check.kind === 'unlisted' || check.kind === 'model_missing')
          complain(`${check.reason}; going on, since only a request can tell`);
      return;
    }
    const reasons = failed.map(({reason}) => reason);
    const mayCome = isWaitedFor && failed.some(({kind}) => kind === 'unreachable');
    if (!mayCome || performance.now() > untilMs) throw new TerminalError(reasons.join('\n'));
    if (!isTold) complain(waitingLine(reasons.join('; '), timeoutMs));
    await sleep(PAUSE_MS);
  }
};
