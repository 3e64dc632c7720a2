/** `anchorage objective` shows and changes the objective of the run that is named. */
import test from 'ava';
import {setObjective} from '../../../runtime/fleet/objective.js';
import {objectiveNames} from '../../../runtime/learning/objectives/objectives.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {anchorage} from '../../helpers/process.js';
import {temporaryFolder} from '../../helpers/temporary.js';

test('one of several runs is named by --run and --nats, after the name of the objective as before it', async (t) => {
  const server = await withNatsServer(t);
  const first = {revision: 1, name: 'apo_zero', beta: 1, learningRate: 0.5};
  for (const run of ['one', 'two']) await (await withBus(t, server, run)).control.put('objective', first);
  const cwd = temporaryFolder(t);
  const place = ['--run', 'two', '--nats', server.url];
  const after = await anchorage(t, ['objective', 'set', 'apo_down', '--beta', '0.5', ...place], {cwd});
  t.is(after.stdout, 'apo_down, beta 0.5, learning rate 0.5 (revision 2)\n');
  const before = await anchorage(t, ['objective', ...place, 'set', 'dpo', '--learning-rate', '1e-5'], {cwd});
  t.is(before.stdout, 'dpo, beta 0.5, learning rate 0.00001 (revision 3)\n');
  const shown = await anchorage(t, ['objective', ...place], {cwd});
  t.is(shown.stdout, before.stdout);
  const other = await anchorage(t, ['objective', '--run', 'one', '--nats', server.url], {cwd});
  t.is(other.stdout, 'apo_zero, beta 1, learning rate 0.5 (revision 1)\n');
});

test('a wrong objective is one line in the words of the fleet file', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await bus.control.put('objective', {revision: 1, name: 'apo_zero', beta: 1, learningRate: 0.5});
  const args = ['objective', 'set', 'apo_up', '--nats', server.url];
  const {code, stderr} = await anchorage(t, args, {cwd: temporaryFolder(t)});
  t.is(code, 1);
  t.is(stderr, `objective.name: unknown objective "apo_up"; one of ${objectiveNames.join(', ')}\n`);
  t.is((await setObjective(bus, {})).revision, 2);
});

test('a weighted sum and its settings are set, shown, and refused in one line', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await bus.control.put('objective', {revision: 1, name: 'apo_zero', beta: 1, learningRate: 0.5});
  const set = (...args: string[]) =>
    anchorage(t, ['objective', 'set', ...args, '--nats', server.url], {cwd: temporaryFolder(t)});
  const sum = ['robust+0.1*cpo', '--setting', 'label_smoothing=0.2', '--setting', 'cpo_alpha=0.5'];
  t.is(
    (await set(...sum)).stdout,
    'robust+0.1*cpo, beta 1, label_smoothing 0.2, cpo_alpha 0.5, learning rate 0.5 (revision 2)\n',
  );
  const unread = await set('robust', '--setting', 'label_smothing=0.2');
  t.is(unread.code, 1);
  t.is(unread.stderr, 'objective.settings.label_smothing: unknown setting; did you mean label_smoothing?\n');
  const malformed = await set('robust', '--setting', 'label_smoothing');
  t.not(malformed.code, 0);
  t.regex(malformed.stderr, /It is name=value, such as label_smoothing=0\.1\./);
  t.is((await setObjective(bus, {})).revision, 3);
});
