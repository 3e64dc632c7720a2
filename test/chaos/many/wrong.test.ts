/** What `npm run chaos -- --data` calls wrong: what nobody measured or killed says nothing. */
import test from 'ava';
import {growthOf} from './memory.js';
import {type Found, wrongIn} from './wrong.js';

const done = {seconds: 1, pairs: 90, rejected: 10, sha256: 'a'};
const kill = {victim: 'filter', processes: 1, at: 50, underWay: 2, repeated: 2, resumeSeconds: 3};
const sample = (role: string, prompts: number, mb: number) => ({role, prompts, mb});
const measured = [sample('filter', 30, 100), sample('filter', 80, 110)];
const wrongWith = ({undisturbed, disturbed}: Partial<{[K in keyof Found]: Partial<Found[K]>}>): string[] =>
  wrongIn(
    {
      undisturbed: {...done, memory: growthOf(measured, 100, ['filter']), ...undisturbed},
      disturbed: {...done, kills: [kill], ...disturbed},
    },
    {prompts: 100, kills: 1, mostRepeated: 2},
  );

test('Two runs that left the same, of flat memory and with every kill, have nothing wrong', (t) => {
  t.deepEqual(wrongWith({}), []);
});

test('A run that ended before its kills, or a kill that met nobody, is wrong', (t) => {
  t.regex(wrongWith({disturbed: {kills: []}}).join('\n'), /^0 of 1 kills: the run ended before/);
  t.deepEqual(wrongWith({disturbed: {kills: [{...kill, processes: 0}]}}), [
    'filter at 50: there was no such process to kill',
  ]);
  t.deepEqual(wrongWith({disturbed: {kills: [{...kill, repeated: 3, resumeSeconds: undefined}]}}), [
    'filter at 50: 3 calls again, of 2 that can be in hand',
    'filter at 50: the next pair after no s',
  ]);
});

test('A role that was not measured in both quarters, or not at all, is not flat', (t) => {
  const late = growthOf([...measured, sample('keeper', 90, 30)], 100, ['filter', 'server']);
  t.deepEqual(wrongWith({undisturbed: {memory: late}}), [
    'server was not measured in both quarters; give the run more prompts',
    'keeper was not measured in both quarters; give the run more prompts',
  ]);
  const grown = growthOf([sample('filter', 30, 100), sample('filter', 80, 117)], 100, ['filter']);
  t.deepEqual(wrongWith({undisturbed: {memory: grown}}), ['filter grew from 100 to 117 MiB']);
});

test('A server may fill the blocks of its streams, and no more', (t) => {
  const upTo = (mb: number) => growthOf([sample('server', 30, 50), sample('server', 80, mb)], 100, []);
  t.deepEqual(wrongWith({undisturbed: {memory: upTo(180)}}), []);
  t.deepEqual(wrongWith({undisturbed: {memory: upTo(200)}}), [
    'server took 200 MiB, where its blocks and ids come to 192',
  ]);
});

test('Another file, and prompts that are neither pairs nor rejected, are wrong', (t) => {
  t.deepEqual(wrongWith({disturbed: {sha256: 'b', pairs: 89}}), [
    '89 pairs and 10 rejected prompts of 100',
    'the file is not that of the undisturbed run',
  ]);
});
