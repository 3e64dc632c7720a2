/** Runs that are compared, from folders as a replay leaves them. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {readCompared} from '../../../../runtime/command/compare/read-compared.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

test('different suites of one name are shown each by its own, and said to be no comparison', async (t) => {
  const folder = temporaryFolder(t);
  const runBy = (name: string, suite: string): string => {
    const path = join(folder, name);
    mkdirSync(path);
    const [startedAt, endedAt] = ['2026-01-31T10:00:00.000Z', '2026-01-31T11:00:00.000Z'];
    const record = {run: name, pid: 1, heldSince: startedAt, natsUrl: '', startedAt, endedAt};
    writeFileSync(join(path, 'run.json'), JSON.stringify({...record, ending: 'complete'}));
    const score = {step: 10, policy_version: 1, suite, name: 'held', sequence: 1, score: 0.5, items: 2};
    writeFileSync(
      join(path, 'scores.jsonl'),
      `${JSON.stringify({...score, seconds: 1, weights_sha256: ''})}\n`,
    );
    return path;
  };
  const compared = async (...suites: string[]) =>
    (await readCompared(suites.map((suite, at) => runBy(`${suites.join('-')}-${at}`, suite)))).suites;
  t.deepEqual(await compared('perplexity', 'preference'), ['held, a perplexity', 'held, a preference']);
  t.deepEqual(await compared('perplexity', 'perplexity'), ['held']);
});

test('the difference of two runs counts items by their weights, as their scores do', async (t) => {
  const folder = temporaryFolder(t);
  const runWith = (name: string, grades: readonly number[]): string => {
    const path = join(folder, name);
    mkdirSync(path);
    const [startedAt, endedAt] = ['2026-01-31T10:00:00.000Z', '2026-01-31T11:00:00.000Z'];
    const record = {run: name, pid: 1, heldSince: startedAt, natsUrl: '', startedAt, endedAt};
    writeFileSync(join(path, 'run.json'), JSON.stringify({...record, ending: 'complete'}));
    const at = {step: 10, policy_version: 1, suite: 'gold_answers', sequence: 1};
    const score = ((grades[0] ?? 0) + 3 * (grades[1] ?? 0)) / 4;
    const scored = {...at, score, items: 2, seconds: 1, weights_sha256: ''};
    writeFileSync(join(path, 'scores.jsonl'), `${JSON.stringify(scored)}\n`);
    const items = {...at, ids: ['a', 'b'], weights: [1, 3], grades};
    writeFileSync(join(path, 'items.jsonl'), `${JSON.stringify(items)}\n`);
    return path;
  };
  const {runs} = await readCompared([runWith('first', [1, 0]), runWith('second', [0, 1])]);
  t.deepEqual(
    runs.map(({last}) => last?.score),
    [0.25, 0.75],
  );
  t.is(runs[1]?.againstFirst.last?.value, 50);
});
