/** Shards that do not decide are ready for what is decided, and say so. */
import {join} from 'node:path';
import test from 'ava';
import {filter, firstValueFrom, map} from 'rxjs';
import {Answer, RunCommand} from '../../../../proto/messages.js';
import type {ActorContext} from '../../../../runtime/actor/context.js';
import {ask, followControls, putFirstSpec} from '../../../../runtime/fleet/control/controls.js';
import {prepareAhead} from '../../../../runtime/fleet/control/prepare-ahead.js';
import {changedSpec, specOf} from '../../../../runtime/fleet/control/spec.js';
import {readFleet} from '../../../../runtime/fleet/load.js';
import type {Fleet} from '../../../../runtime/fleet/schema.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

test('A shard that comes while a spec is compiled and a later command is decided on already answers the spec', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  const decide = (revision: number) =>
    bus.publish(
      'acknowledgements',
      {
        revision,
        actor: 'learner',
        index: 0,
        answer: Answer.ANSWER_ACCEPTED,
        step: 4,
        reason: '',
        timeUnixMs: 0,
      },
      `decision-${revision}`,
    );
  await putFirstSpec(bus, fleet);
  const asking = await followControls(bus);
  const spec = changedSpec(specOf(fleet), {name: 'dpo'});
  const revision = await ask(bus, asking.heard, {spec, previousRevision: 1});
  await firstValueFrom(asking.heard$.pipe(filter(({controls}) => controls.length === 2)));
  await decide(await ask(bus, asking.heard, {command: RunCommand.RUN_COMMAND_PAUSE}));

  const context = {bus, name: 'learner', index: 1} as unknown as ActorContext<Fleet>;
  const controls = await followControls(bus);
  const prepared: string[] = [];
  const preparing = prepareAhead(context, controls, async (expression) => {
    prepared.push(expression);
  });
  await decide(revision);
  const answer = await firstValueFrom(
    controls.heard$.pipe(
      map(({acknowledgements}) => acknowledgements.find(({index}) => index === 1)),
      filter((found) => found !== undefined),
    ),
  );
  t.like(answer, {revision, actor: 'learner', answer: Answer.ANSWER_APPLIED, step: 4});
  t.deepEqual(prepared, ['dpo']);
  preparing.unsubscribe();
  for (const each of [asking, controls]) each.close();
});
