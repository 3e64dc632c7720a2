/** What was judged is gone on with by the same fleet, also where an earlier version began it. */
import {join} from 'node:path';
import test from 'ava';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {differenceText, judgedOtherwise} from '../../../../runtime/fleet/run/fleet-difference.js';
import {packageRoot} from '../../../../runtime/paths.js';

const demo = (sets: string[] = []) => readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), sets);

test('Keys with a default that an earlier version had not got, and where endpoints are, are no difference', async (t) => {
  const {maxOutstandingPrompts: _, replicas: __, ...before} = JSON.parse(JSON.stringify(await demo()));
  t.is(judgedOtherwise(before, await demo()), undefined);
  const endpoints = {teacher: {baseUrl: 'http://127.0.0.1:9/v1'}};
  t.is(judgedOtherwise({...before, endpoints}, await demo()), undefined);
});

test('Another value of a key is one, also of a key that is new, and of what is no fleet of this version', async (t) => {
  const {maxOutstandingPrompts: _, ...before} = JSON.parse(JSON.stringify(await demo()));
  const said = (was: unknown, now: unknown) => {
    const difference = judgedOtherwise(was, now);
    return difference && differenceText(difference);
  };
  t.is(said(before, await demo(['maxOutstandingPrompts=64'])), 'maxOutstandingPrompts 128, not 64');
  t.is(said(before, await demo(['seed=5'])), 'seed 0, not 5');
  t.is(said({...(await demo()), painter: 1}, await demo()), 'painter 1, not unset');
  t.not(said('no fleet', await demo()), undefined);
});
