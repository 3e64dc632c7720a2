/** Shards that do not decide are ready for what is decided, and say so. */
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {filter, firstValueFrom, map} from 'rxjs';
import {prepareAhead} from '../../../../actors/learner/io/prepare-ahead.js';
import {Answer, RunCommand} from '../../../../proto/messages.js';
import type {ActorContext} from '../../../../runtime/actor/context.js';
import {ask, followControls, putFirstSpec} from '../../../../runtime/fleet/control/controls.js';
import {changedSpec, specOf} from '../../../../runtime/fleet/control/spec.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

/** A run, and a shard of it that does not decide. */
const openRun = async (t: ExecutionContext) => {
  const bus = await withBus(t, await withNatsServer(t));
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  const decide = (revision: number, answer = Answer.ANSWER_ACCEPTED) => {
    const decision = {revision, actor: 'learner', index: 0, answer, step: 4, reason: '', timeUnixMs: 0};
    return bus.publish('acknowledgements', decision, `decision-${revision}`);
  };
  await putFirstSpec(bus, fleet);
  const asking = await followControls(bus);
  t.teardown(() => asking.close());
  /** Asks for an objective; resolves when that is on the log. */
  const askFor = async (name: string): Promise<number> => {
    const spec = changedSpec(specOf(fleet), {name});
    const revision = await ask(bus, asking.heard, {spec, previousRevision: 1});
    await firstValueFrom(asking.heard$.pipe(filter(({controls}) => controls.length === revision)));
    return revision;
  };
  const context = {bus, name: 'learner', index: 1} as unknown as ActorContext<Fleet>;
  const said: string[] = [];
  const objectives = {
    prepare: async (expression: string) => {
      said.push(`prepare ${expression}`);
    },
    forget: async (expression: string) => {
      said.push(`forget ${expression}`);
    },
    taken: () => 3,
  };
  const startShard = async () => {
    const controls = await followControls(bus);
    const preparing = prepareAhead(context, controls, objectives);
    t.teardown(() => {
      preparing.unsubscribe();
      controls.close();
    });
    const answer = firstValueFrom(
      controls.heard$.pipe(
        map(({acknowledgements}) => acknowledgements.find(({index}) => index === 1)),
        filter((found) => found !== undefined),
      ),
    );
    return {answer};
  };
  return {bus, asking, decide, askFor, said, startShard};
};

test('A shard that comes while a spec is compiled and a later command is decided on already answers the spec', async (t) => {
  const {bus, asking, decide, askFor, said, startShard} = await openRun(t);
  const revision = await askFor('dpo');
  await decide(await ask(bus, asking.heard, {command: RunCommand.RUN_COMMAND_PAUSE}));
  const {answer} = await startShard();
  await decide(revision);
  t.like(await answer, {revision, actor: 'learner', answer: Answer.ANSWER_APPLIED, step: 4});
  t.deepEqual(said, ['prepare dpo']);
});

test('A shard forgets what it prepared for a spec that is refused, unless another spec has the same objective', async (t) => {
  const {decide, askFor, said, startShard} = await openRun(t);
  const [sft, dpo, again, last] = [
    await askFor('sft'),
    await askFor('dpo'),
    await askFor('dpo'),
    await askFor('kto_pair'),
  ];
  const {answer} = await startShard();
  for (const refused of [sft, dpo]) await decide(refused, Answer.ANSWER_REFUSED);
  await decide(last);
  t.like(await answer, {revision: last});
  const prepared = ['prepare sft', 'prepare dpo', 'prepare dpo', 'prepare kto_pair'];
  t.deepEqual(said, [...prepared, 'forget sft']);
  await decide(again, Answer.ANSWER_REFUSED);
  while (said.at(-1) !== 'forget dpo') await new Promise((resolve) => setTimeout(resolve, 5));
  t.deepEqual(said, [...prepared, 'forget sft', 'forget dpo']);
});
