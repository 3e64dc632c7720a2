/**
 * Chosen answers against fresh ones of a policy, by the judge of a fleet: a small sample that is paid for. The judge is the
 * actor, with its own prompt, form and answer cache; it is started for this alone.
 */
import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import {basename, join, resolve} from 'node:path';
import {filter, firstValueFrom, map, merge, mergeMap, NEVER, type Observable, take, toArray} from 'rxjs';
import {FinishReason} from '../../../proto/messages.js';
import {supervise} from '../../actor/supervise.js';
import type {Comparisons} from '../../anchor/advice.js';
import type {Bus} from '../../bus/bus.js';
import {openBus} from '../../bus/open-bus.js';
import {answerWords, type FilePair, plainPair} from '../../data/file-pairs.js';
import {TerminalError} from '../../errors.js';
import {aborted} from '../../fleet/abort.js';
import {putFirstObjective} from '../../fleet/control/run-objective.js';
import {cacheFor} from '../../fleet/file/cache-memory.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {actorCommand, samplerRows} from '../../fleet/fleet-actors.js';
import {RUNS_FOLDER} from '../../fleet/run/run-folder.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {writeWholeJson} from '../../machine/whole-file.js';
import {createGenerator, type Generation} from '../../model/generation/generation.js';
import {askedOf, promptTurns, type Text, transcriptOf, wordsOf} from '../../model/text/conversations.js';
import {encodePrompt} from '../../model/text/encode.js';
import {seedOf} from '../../seed.js';
import {openPolicy} from '../offline/policy-options.js';
import type {ProgressLine} from '../offline/progress-line.js';
import {openServer} from '../server.js';
import {startTeacher} from '../teacher.js';

export interface JudgedSample {
  readonly pairs: readonly FilePair[];
  /** With a judge and the policy. */
  readonly fleet: Fleet;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

/**
 * How often a chosen answer is put above the policy's. What the judge does not decide, such as two equal answers, is in no share.
 *
 * @throws TerminalError where the fleet has no judge, and where that one fails for good.
 */
export const judgeSample = async (sample: JudgedSample): Promise<Comparisons> => {
  const {fleet, progress} = sample;
  const {judge} = fleet.actors;
  if (judge === undefined)
    throw new TerminalError(
      '--judge: actors.judge: the fleet has none; set dataset: judge_on_policy, and add it',
    );
  const answers = await freshAnswers(sample);
  const orders = judge.orders === 'both' ? 'in both orders' : 'in one order each';
  progress.print(`judging    ${answers.length} pairs by ${judge.model}, ${orders}`);
  const outcomes = await judged(sample, answers);
  const count = (outcome: Outcome): number => outcomes.filter((each) => each === outcome).length;
  return {
    wins: count('win'),
    losses: count('loss'),
    undecided: count('undecided'),
    by: `judge ${judge.model}`,
  };
};

interface Answered {
  readonly pair: FilePair;
  readonly answer: Generation;
}

/** One answer of the policy to each prompt, as the fleet samples. */
const freshAnswers = async ({pairs, fleet, progress, signal}: JudgedSample): Promise<Answered[]> => {
  const {policy: own, backend, device, seed, actors} = fleet;
  const policy = await openPolicy(
    {
      model: own.model,
      plain: own.format === 'plain',
      ...(own.chatTemplate === undefined ? {} : {chatTemplateArg: own.chatTemplate}),
      maxPromptTokens: own.maxPromptTokens,
      maxCompletionTokens: own.maxCompletionTokens,
      ...{backend, device, threads: availableParallelism(), precision: 'float32'},
    },
    'decoding',
  );
  const {model, executor} = policy;
  const rows = Math.min(samplerRows(actors), pairs.length);
  const generator = await createGenerator(model, executor, cacheFor(own, model.config, rows));
  try {
    let done = 0;
    return await Promise.all(
      pairs.map(async (given): Promise<Answered> => {
        const pair = own.format === 'plain' ? plainPair(given) : given;
        const request = {
          promptIds: encodePrompt(model.tokenizer, pair.prompt, own, pair.context),
          maxNewTokens: own.maxCompletionTokens,
          ...{temperature: own.temperature, topP: own.topP, topK: own.topK},
          seed: seedOf(seed, 'fresh', pair.line),
        };
        const [answer] = await generator.generate([request], signal);
        if (answer === undefined) throw new Error('a request has no answer');
        done += 1;
        progress.show(`answered   ${done} of ${pairs.length} prompts`);
        return {pair, answer};
      }),
    );
  } finally {
    await generator.dispose();
  }
};

type Outcome = 'win' | 'loss' | 'undecided';

const judged = async ({fleet, signal}: JudgedSample, answers: readonly Answered[]): Promise<Outcome[]> => {
  // Beside the runs, whose cache of answers it shares; no run's id begins with a dot.
  await ensureFolder(RUNS_FOLDER);
  const folder = resolve(await mkdtemp(join(RUNS_FOLDER, '.judging-')));
  const run = `judging-${basename(folder).replace(/\W/g, '')}`;
  const endings: (() => Promise<unknown>)[] = [() => rm(folder, {recursive: true, force: true})];
  try {
    const server = await openServer({folder});
    endings.push(() => server.stop());
    const teacher = await startTeacher(fleet, folder);
    if (teacher !== undefined) endings.push(() => teacher.stop());
    const bus = await openBus({url: server.url, run, name: 'command', queueCapacity: answers.length});
    endings.push(() => bus.drain());
    if (!server.isPrivate) endings.push(() => bus.deleteRun());
    await mkdir(join(folder, 'logs'));
    const fleetFile = join(folder, 'fleet-started.json');
    const own = judging(teacher?.fleet ?? fleet);
    await writeWholeJson(fleetFile, own);
    await putFirstObjective(bus, own);
    for (const [index, each] of answers.entries())
      await bus.publish('completion_pairs', completionPairOf(each, index), String(index));
    const place = {fleetFile, run, natsUrl: server.url, runFolder: folder, env: teacher?.env ?? {}};
    const supervisor = supervise([actorCommand('judge', 0, place)]);
    endings.push(() => supervisor.stop(signal.aborted));
    const failed$ = supervisor.events$.pipe(
      filter((event) => event.kind === 'failed'),
      map(({reason}): never => {
        throw new TerminalError(`the judge ended: ${reason}`);
      }),
    );
    const all$ = merge(outcomes$(bus, answers), failed$).pipe(
      aborted(signal),
      take(answers.length),
      toArray(),
    );
    return await firstValueFrom(all$);
  } finally {
    for (const end of endings.reverse()) await end();
  }
};

/**
 * The fleet for this alone: whatever its recipes are, its judge reads pairs of answers here. The sample was asked for by its
 * size; a ceiling at which it would stand still for ever is none.
 */
const judging = (fleet: Fleet): Fleet => {
  const {spend: _, datasets: __, ...others} = fleet;
  const {judge} = fleet.actors;
  if (judge === undefined) return {...others, dataset: 'judge_on_policy'};
  const {spendCeiling: ___, ...asking} = judge;
  return {...others, dataset: 'judge_on_policy', actors: {...fleet.actors, judge: asking}};
};

/** The chosen answer is the first. */
const completionPairOf = ({pair, answer}: Answered, index: number) => ({
  promptId: String(index),
  ...askedFor(pair.prompt),
  first: answerWords(pair.chosen),
  second: answer.text,
  firstIds: [],
  secondIds: [],
  firstFinishReason: FinishReason.FINISH_REASON_STOP,
  // One that was cut is compared as far as it goes: to be cut is worse, and the judge sees it.
  secondFinishReason: FinishReason.FINISH_REASON_STOP,
  policyVersion: 0,
  sampling: null,
});

/** As a fleet's prompts are; turns that are none of its, such as a tool's, are told in words. */
const askedFor = (prompt: Text): ReturnType<typeof askedOf> => {
  const turns = promptTurns(prompt).map((turn) => ({role: turn.role, content: wordsOf(turn)}));
  const isFleets = turns.every(
    ({role}, index) => role === 'user' || role === 'assistant' || (role === 'system' && index === 0),
  );
  const last = turns.at(-1);
  return isFleets && last?.role === 'user'
    ? askedOf({prompt: last.content, history: turns.slice(0, -1)})
    : {prompt: transcriptOf(prompt)};
};

const outcomes$ = (bus: Bus, answers: readonly Answered[]): Observable<Outcome> => {
  const preferred$ = bus.deliveries('candidates', {maxInFlight: 16, drain$: NEVER}).pipe(
    mergeMap(async ({message, ack}): Promise<Outcome> => {
      await ack();
      const first = answers[Number(message.promptId)];
      return first !== undefined && message.chosen === answerWords(first.pair.chosen) ? 'win' : 'loss';
    }),
  );
  const rejected$ = bus.entries('rejections', {sequence: 1}).pipe(map((): Outcome => 'undecided'));
  return merge(preferred$, rejected$);
};
