import {join} from 'node:path';
import test from 'ava';
import {firstValueFrom, map, NEVER, ReplaySubject, skip} from 'rxjs';
import {FinishReason, PreferenceSource} from '../../../proto/messages.js';
import type {Bus} from '../../../runtime/bus/bus.js';
import type {MessageOf, QueueName} from '../../../runtime/bus/channels/subjects.js';
import {TerminalError} from '../../../runtime/errors.js';
import {readFleet} from '../../../runtime/fleet/file/load.js';
import {inStages, serialFleet, usablePrompts} from '../../../runtime/fleet/stages.js';
import {packageRoot} from '../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

const demo = join(packageRoot, 'runtime/fleet/demo.yaml');

test('no more prompts are sampled than the steps of one epoch and maxPairs can use', async (t) => {
  const countOf = async (...sets: string[]) =>
    usablePrompts(await readFleet(demo, ['training.warmupSteps=0', ...sets]));
  t.is(await countOf('training.steps=3'), 48);
  t.is(await countOf('training.steps=6', 'training.epochs=2'), 48);
  t.is(await countOf('training.steps=2', 'training.maxPairs=20'), 20);
  t.is(await countOf('training.steps=50'), 800);
  t.is(await countOf('training.steps=3', 'evaluation={suite: heldout, holdOut: 4}'), 52);
});

test('what bounds the age of an answer contradicts stages; what bounds those on their way gives way', async (t) => {
  t.is(serialFleet(await readFleet(demo), 5000).maxOutstandingPrompts, 5000);
  for (const set of ['maxStaleness=1', 'pipelineDepth=1']) {
    const fleet = await readFleet(demo, [set]);
    t.throws(() => serialFleet(fleet, 5000), {instanceOf: TerminalError, message: /remove maxStaleness/});
  }
});

/** As an actor does: what comes of a message is in the next queue before it leaves this one. */
const takeFrom = async (bus: Bus, queue: QueueName, pass: () => Promise<unknown> = async () => undefined) => {
  const delivery = await firstValueFrom(bus.deliveries(queue, {maxInFlight: 1, drain$: NEVER}));
  await pass();
  await delivery.ack();
};
const candidate: MessageOf<'candidates'> = {
  ...{
    promptId: '0',
    prompt: 'p',
    chosen: 'b',
    rejected: 'a',
    chosenIds: [],
    rejectedIds: [1],
    rationale: '',
    model: '',
    requestId: '',
  },
  ...{source: PreferenceSource.PREFERENCE_SOURCE_REVISION, policyVersion: 0},
  finishReason: FinishReason.FINISH_REASON_STOP,
};
const completion: MessageOf<'completions'> = {
  ...{promptId: '0', prompt: 'p', completion: 'a', completionIds: [1], policyVersion: 0},
  finishReason: FinishReason.FINISH_REASON_STOP,
};

test('a stage begins when all prompts are sent and nothing is left before it, and again for a prompt that was lost', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const fleet = await readFleet(demo);
  const commandsOf = () =>
    ['sampler-0', 'reviser-0', 'reviser-1', 'filter-0', 'reference-0', 'learner-0', 'evaluator-0'].map(
      (name) => ({name, entry: '', args: [], logFile: ''}),
    );
  const stages = inStages({fleet, bus, prompts: 1, commands: commandsOf(), commandsOf});
  const names = (commands: readonly {readonly name: string}[]) => commands.map(({name}) => name);
  t.deepEqual(names(stages.commands()), ['sampler-0']);
  const begun$ = new ReplaySubject<readonly string[]>();
  const following = stages.next$.pipe(map(names)).subscribe(begun$);
  t.teardown(() => following.unsubscribe());
  /** The stage that begins as number `number`. */
  const begun = (number: number) => firstValueFrom(begun$.pipe(skip(number - 1)));
  await bus.publish('prompts', {promptId: '0', prompt: 'p'}, '0');
  await takeFrom(bus, 'prompts', () => bus.publish('completions', completion, '0'));
  t.deepEqual(await begun(1), ['reviser-0', 'reviser-1']);
  await takeFrom(bus, 'completions', () => bus.publish('candidates', candidate, '0'));
  t.deepEqual(await begun(2), ['filter-0', 'reference-0']);
  await takeFrom(bus, 'candidates', () => bus.publish('accepted', candidate, '0'));
  await takeFrom(bus, 'accepted');
  t.deepEqual(await begun(3), ['learner-0', 'evaluator-0']);
  t.deepEqual(names(stages.commandsOf(fleet)), ['learner-0', 'evaluator-0']);
  await bus.publish('prompts', {promptId: '0', prompt: 'p'}, '0-again');
  t.deepEqual(await begun(4), ['sampler-0']);
  await takeFrom(bus, 'prompts');
  t.deepEqual(await begun(5), ['learner-0', 'evaluator-0']);
});

test('a run that goes on begins with the first stage that has something left', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const fleet = await readFleet(demo);
  const command = (name: string) => ({name, entry: '', args: [], logFile: ''});
  const commands = ['sampler-0', 'reviser-0', 'filter-0', 'learner-0'].map(command);
  await bus.publish('prompts', {promptId: '0', prompt: 'p'}, '0');
  await takeFrom(bus, 'prompts', () => bus.publish('candidates', candidate, '0'));
  const {next$} = inStages({fleet, bus, prompts: 1, commands});
  t.deepEqual(await firstValueFrom(next$), [command('filter-0')]);
});
