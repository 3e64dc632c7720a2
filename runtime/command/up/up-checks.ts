/** What `anchorage up` looks at before it starts anything: a fleet that cannot run is refused here. */
import type {Bus} from '../../bus/bus.js';
import {makePrompts} from '../../demo/task.js';
import {TEACHER_KEY_ENV} from '../../demo/teacher/process.js';
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

/** Asks every endpoint in use once, before anything starts. The demo teacher is not there yet, and needs no check. */
const checkEndpoints = async (fleet: Fleet, options: UpOptions): Promise<void> => {
  /** Of those who have several endpoints, why one cannot be asked. */
  const failed = new Map<string, string[]>();
  for (const {actor, key, asking, endpoint} of everyAsker(fleet)) {
    if (isDemo(endpoint)) {
      if (!options.actors && teacherKey() === undefined)
        throw new TerminalError(
          `endpoints.${asking.endpoint}: with --no-actors the demo teacher has no key that others know; set ${TEACHER_KEY_ENV} to any word, here and for each \`anchorage start ${actor}\`, on this machine`,
        );
      continue;
    }
    const place = askingPlace(key, asking, fleet.endpoints);
    const {checkEndpoint} = await import('../../endpoints/check.js');
    const check = await checkEndpoint({...place, apiKey: apiKeyFor(place)});
    if (check.kind === 'denied' || check.kind === 'garbage' || check.kind === 'unreachable') {
      const reasons = [...(failed.get(key) ?? []), check.reason];
      // One that answers does for all.
      if (reasons.length === (asking.endpoints?.length ?? 1)) throw new TerminalError(reasons.join('\n'));
      failed.set(key, reasons);
      complain(`${check.reason}; going on with the others`);
      continue;
    }
    if (check.kind !== 'serves') complain(`${check.reason}; going on, since only a request can tell`);
  }
};
