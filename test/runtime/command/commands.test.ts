import test from 'ava';
import {type CommandName, commands} from '../../../runtime/command/commands.js';
import {implementations} from '../../../runtime/command/implementations.js';
import {anchorage} from '../../helpers/process.js';

test('what help lists of a command is what the command takes', async (t) => {
  for (const [name, {takes}] of Object.entries(commands))
    t.is((await implementations[name as CommandName]()).usage(), takes, name);
});

test('help of one command is its own, however it is asked for', async (t) => {
  const [one, other] = await Promise.all([
    anchorage(t, ['help', 'merge']),
    anchorage(t, ['merge', '--help']),
  ]);
  t.true(one.stdout.includes('--adapter <folder>'));
  t.true(one.stdout.includes(commands.merge.about));
  t.is(one.stdout, other.stdout);
});

test('a word that is no command is told the nearest', async (t) => {
  const {code, stderr} = await anchorage(t, ['statu']);
  t.is(code, 1);
  t.regex(stderr, /unknown command 'statu'\n\(Did you mean status\?\)/);
});
