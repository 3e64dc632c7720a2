import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {openOwnFilter} from '../../../actors/filter/io/own-filter.js';
import {TerminalError} from '../../../runtime/errors.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const moduleOf = (t: ExecutionContext, text: string): string => {
  const file = join(temporaryFolder(t), 'filter.mjs');
  writeFileSync(file, text);
  return file;
};
const open = async (t: ExecutionContext, text: string, limitMs?: number) => {
  const own = await openOwnFilter(moduleOf(t, text), limitMs);
  t.teardown(() => own.close());
  return own;
};
const pair = {prompt: 'p', history: [], chosen: 'c', rejected: 'r', rationale: '', source: 'revision'};

test('a user’s function sees the pair, and what it returns is why the pair is rejected', async (t) => {
  const own = await open(
    t,
    `export default async ({chosen, source}) => (chosen === 'bad' ? \`\${source}: bad\` : undefined);`,
  );
  t.deepEqual(await Promise.all(['c', 'bad', 'c'].map((chosen) => own.reasonAgainst({...pair, chosen}))), [
    undefined,
    'revision: bad',
    undefined,
  ]);
});

test('it sees the turns before the prompt', async (t) => {
  const own = await open(
    t,
    `export default ({history}) => history.map(({role, content}) => role + ' ' + content).join();`,
  );
  const history = [
    {role: 'system', content: 's'},
    {role: 'user', content: 'u'},
  ];
  t.is(await own.reasonAgainst({...pair, history}), 'system s,user u');
});

test('a pair that the function fails on is rejected with its words, and the next is asked', async (t) => {
  const own = await open(t, `export default ({chosen}) => { if (chosen === 'odd') throw new Error('no'); };`);
  t.is(await own.reasonAgainst({...pair, chosen: 'odd'}), 'filter.module failed: Error: no');
  t.is(await own.reasonAgainst(pair), undefined);
});

test('a function that never ends, or ends its thread, costs one pair', async (t) => {
  const own = await open(
    t,
    `export default ({chosen}) => { if (chosen === 'ends') process.exit(1); while (chosen === 'endless'); };`,
    // Long enough for a sound pair on a busy machine; an endless one takes any limit.
    10_000,
  );
  t.is(await own.reasonAgainst({...pair, chosen: 'ends'}), 'filter.module: its thread ended');
  t.is(await own.reasonAgainst({...pair, chosen: 'endless'}), 'filter.module: no answer within 10000 ms');
  t.is(await own.reasonAgainst(pair), undefined);
});

for (const [what, text, message] of [
  ['does not load', 'export default (', /^filter\.module: .*filter\.mjs: /],
  [
    'exports no function',
    'export const filter = 1;',
    /filter\.mjs: has no default export that is a function$/,
  ],
] as const) {
  test(`a module that ${what} ends the actor with its name`, async (t) => {
    await t.throwsAsync(openOwnFilter(moduleOf(t, text)), {instanceOf: TerminalError, message});
  });
}
