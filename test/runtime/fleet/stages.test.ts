import {join} from 'node:path';
import test from 'ava';
import {firstValueFrom, NEVER, take, toArray} from 'rxjs';
import {TerminalError} from '../../../runtime/errors.js';
import {readFleet} from '../../../runtime/fleet/load.js';
import {inStages, serialFleet, serialPrompts} from '../../../runtime/fleet/stages.js';
import {packageRoot} from '../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

const demo = join(packageRoot, 'runtime/fleet/demo.yaml');
const prompts = Array.from({length: 100}, (_, prompt) => String(prompt));

test('no more prompts are sampled than the steps of one epoch and maxPairs can use', async (t) => {
  const countOf = async (...sets: string[]) =>
    serialPrompts(await readFleet(demo, ['training.warmupSteps=0', ...sets]), prompts).length;
  t.is(await countOf('training.steps=3'), 48);
  t.is(await countOf('training.steps=6', 'training.epochs=2'), 48);
  t.is(await countOf('training.steps=2', 'training.maxPairs=20'), 20);
  t.is(await countOf('training.steps=50'), 100);
});

test('what bounds the age of an answer contradicts stages; what bounds those on their way gives way', async (t) => {
  t.is(serialFleet(await readFleet(demo), 5000).maxOutstandingPrompts, 5000);
  for (const set of ['maxStaleness=1', 'pipelineDepth=1']) {
    const fleet = await readFleet(demo, [set]);
    t.throws(() => serialFleet(fleet, 5000), {instanceOf: TerminalError, message: /remove maxStaleness/});
  }
});

test('a stage begins when all prompts are sent and nothing is left for those before; a later one at once where it is', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const fleet = await readFleet(demo);
  const commandsOf = () =>
    ['sampler-0', 'reviser-0', 'reviser-1', 'filter-0', 'reference-0', 'learner-0', 'evaluator-0'].map(
      (name) => ({name, entry: '', args: [], logFile: ''}),
    );
  const stages = inStages({fleet, bus, prompts: 1, commands: commandsOf(), commandsOf});
  const names = (commands: readonly {readonly name: string}[]) => commands.map(({name}) => name);
  t.deepEqual(names(stages.commands()), ['sampler-0']);
  let begun = 0;
  const all = firstValueFrom(stages.next$.pipe(take(3), toArray()));
  const counting = stages.next$.subscribe(() => {
    begun += 1;
  });
  await bus.state('prompts');
  t.is(begun, 0);
  counting.unsubscribe();
  await bus.publish('prompts', {promptId: '0', prompt: ''}, '0');
  const deliveries$ = bus.deliveries('prompts', {maxInFlight: 1, drain$: NEVER});
  await (await firstValueFrom(deliveries$)).ack();
  t.deepEqual((await all).map(names), [
    ['reviser-0', 'reviser-1'],
    ['filter-0', 'reference-0'],
    ['learner-0', 'evaluator-0'],
  ]);
  t.deepEqual(names(stages.commandsOf(fleet)), ['learner-0', 'evaluator-0']);
});
