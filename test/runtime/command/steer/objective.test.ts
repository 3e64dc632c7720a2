/** `anchorage objective` shows and changes the objective of the run that is named. */
import test from 'ava';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {putFirstObjective, setObjective} from '../../../../runtime/fleet/control/run-objective.js';
import {fleetSchema} from '../../../../runtime/fleet/file/schema.js';
import {objectiveNames} from '../../../../runtime/learning/objectives/objectives.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {anchorage} from '../../../helpers/process.js';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {typed} from '../../../helpers/typed.js';

/** As `anchorage up` begins a run; there is no learner that answers. */
const begin = (bus: Bus): Promise<void> =>
  putFirstObjective(
    bus,
    fleetSchema.parse({
      prompts: {demo: true, count: 16},
      policy: {model: 'demo'},
      objective: {name: 'apo_zero', beta: 1, learningRate: 0.5},
      training: {steps: 1},
      evaluation: {suite: 'arithmetic'},
      endpoints: {teacher: {demo: true}},
      actors: {reviser: {endpoint: 'teacher', model: 'reviser'}},
    }),
  );

test('one of several runs is named by --run and --nats, after the name of the objective as before it', async (t) => {
  const server = await withNatsServer(t);
  for (const run of ['one', 'two']) await begin(await withBus(t, server, run));
  const cwd = temporaryFolder(t);
  const place = ['--run', 'two', '--nats', server.url, '--no-wait'];
  const after = await anchorage(t, ['objective', 'set', 'apo_down', '--beta', '0.5', ...place], {cwd});
  t.is(after.stdout, 'apo_down, beta 0.5, learning rate 0.5 (revision 2)\nasked for, as revision 2\n');
  const before = await typed(
    ['objective', '--run', 'two', 'set', 'dpo', '--learning-rate', '1e-5', ...place],
    {cwd},
  );
  t.is(before.stdout, 'dpo, beta 0.5, learning rate 0.00001 (revision 3)\nasked for, as revision 3\n');
  const shown = await typed(['objective', '--run', 'two', '--nats', server.url], {cwd});
  t.is(
    shown.stdout,
    'apo_zero, beta 1, learning rate 0.5 (revision 1)\n' +
      'not yet answered: apo_down, beta 0.5, learning rate 0.5 (revision 2)\n' +
      'not yet answered: dpo, beta 0.5, learning rate 0.00001 (revision 3)\n',
  );
  const other = await typed(['objective', '--run', 'one', '--nats', server.url], {cwd});
  t.is(other.stdout, 'apo_zero, beta 1, learning rate 0.5 (revision 1)\n');
});

test('a wrong objective is one line in the words of the fleet file', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await begin(bus);
  const args = ['objective', 'set', 'apo_up', '--nats', server.url];
  const {code, stderr} = await typed(args, {cwd: temporaryFolder(t)});
  t.is(code, 1);
  t.is(stderr, `objective.name: unknown objective "apo_up"; one of ${objectiveNames.join(', ')}\n`);
  t.is((await setObjective(bus, {beta: 0.5})).revision, 2);
});

test('a change that says nothing is refused in one line that says what can change', async (t) => {
  const server = await withNatsServer(t);
  await begin(await withBus(t, server));
  const args = ['objective', 'set', '--nats', server.url];
  const {code, stdout, stderr} = await typed(args, {cwd: temporaryFolder(t)});
  t.deepEqual([code, stdout], [1, '']);
  t.regex(stderr, /^say what is to change: ([a-zA-Z.]+, )*objective\.name, [^\n]+\n$/);
});

test('a weighted sum and its settings are set, shown, and refused in one line', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await begin(bus);
  const set = (...args: string[]) =>
    typed(['objective', 'set', ...args, '--no-wait', '--nats', server.url], {cwd: temporaryFolder(t)});
  const sum = ['robust+0.1*cpo', '--setting', 'label_smoothing=0.2', '--setting', 'cpo_alpha=0.5'];
  t.is(
    (await set(...sum)).stdout,
    'robust+0.1*cpo, beta 1, label_smoothing 0.2, cpo_alpha 0.5, learning rate 0.5 (revision 2)\nasked for, as revision 2\n',
  );
  const unread = await set('robust', '--setting', 'label_smothing=0.2');
  t.is(unread.code, 1);
  t.is(unread.stderr, 'objective.settings.label_smothing: unknown setting; did you mean label_smoothing?\n');
  const malformed = await set('robust', '--setting', 'label_smoothing');
  t.not(malformed.code, 0);
  t.regex(malformed.stderr, /It is name=value, such as label_smoothing=0\.1\./);
  t.is((await setObjective(bus, {beta: 0.5})).revision, 3);
});

test('where no learner answers in time, the command says so and fails, and the log shows what was asked', async (t) => {
  const server = await withNatsServer(t);
  await begin(await withBus(t, server));
  const cwd = temporaryFolder(t);
  const asked = ['objective', 'set', 'dpo', '--timeout', '0.1', '--nats', server.url];
  const {code, stderr} = await typed(asked, {cwd});
  t.is(code, 1);
  t.regex(stderr, /^revision 2: the learner did not answer within 0\.1 s; /);
  const paused = await typed(['pause', '--no-wait', '--nats', server.url], {cwd});
  t.is(paused.stdout, 'asked for, as revision 3\n');
  const log = await typed(['objective', 'log', '--nats', server.url], {cwd});
  const lines = log.stdout.trimEnd().split('\n');
  t.regex(
    lines[0] ?? '',
    /^ {2}1 {2}\S+ {2}\S+@\S+ {2}apo_zero, beta 1, learning rate 0\.5: from step 1 on$/,
  );
  t.regex(lines[1] ?? '', / {2}objective\.name apo_zero → dpo: not yet answered$/);
  t.regex(lines[2] ?? '', / {2}pause: not yet answered$/);
  const none = await typed(['objective', 'rollback', '--nats', server.url], {cwd});
  t.is(none.stderr, 'run run has no change to take back\n');
});
