import {join} from 'node:path';
import test from 'ava';
import {estimateOf} from '../../../../runtime/command/up/estimate.js';
import {planOf} from '../../../../runtime/command/up/plan.js';
import type {Prompts} from '../../../../runtime/fleet/feed/prompts.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import type {FleetInput} from '../../../../runtime/fleet/file/schema.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {temporaryFile} from '../../../helpers/temporary.js';

const estimateWith = async (...sets: string[]): Promise<string[]> =>
  estimateOf(
    await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), [
      'training.warmupSteps=0',
      'training.steps=10',
      'endpoints.teacher.price={inputPerMillion: 0, outputPerMillion: 1000}',
      ...sets,
    ]),
    // The demonstration's tokenizer has a token for each character.
    ['1234567890', '12345678901234567890'],
  );

test('A dry run says what asking takes: calls, tokens, money and time, and what is assumed', async (t) => {
  const [line, assumed, ...others] = await estimateWith();
  // 160 · (300 + 15 + 16) in, 160 · (200 + 16) out.
  t.is(line, 'estimate   reviser at teacher: 160 calls, 53K tokens in, 35K out, 34.56 USD, 1 min');
  t.regex(assumed ?? '', /assumed: prompts of 15 tokens \(2 sampled, .*\), answers of 16 /);
  t.deepEqual(others, []);
});

test('A limit on requests or tokens a minute makes it take longer, and a ceiling is told where it comes before the end', async (t) => {
  const limited = 'endpoints={teacher: {baseUrl: "http://localhost:1/v1", tokensPerMinute: 1000}}';
  t.regex((await estimateWith(limited))[0] ?? '', /, 35K out, 1\.5 h$/);
  const slow = 'endpoints={teacher: {baseUrl: "http://localhost:1/v1", requestsPerMinute: 10}}';
  t.regex((await estimateWith(slow))[0] ?? '', /, 35K out, 16 min$/);
  const lines = await estimateWith('spend.ceiling=10');
  t.is(lines[1]?.trim(), 'more than spend.ceiling, 10: asking pauses after about 46 calls');
});

test('Of several endpoints, each gets its share of the calls', async (t) => {
  const other = '{baseUrl: "http://localhost:1/v1"}';
  const lines = await estimateWith(
    `endpoints={one: ${other}, other: ${other}}`,
    'actors.reviser={model: m, endpoints: [{endpoint: one, weight: 3}, {endpoint: other}]}',
  );
  t.regex(lines[0] ?? '', /^estimate {3}reviser at one: 120 calls, /);
  t.regex(lines[1] ?? '', /^estimate {3}reviser at other: 40 calls, /);
});

test('A judge of recorded answers is asked as often as the prompts have answers that differ', async (t) => {
  const ranking: FleetInput = {
    dataset: 'judge_off_policy',
    prompts: {demo: true, count: 160},
    policy: {model: 'demo', format: 'plain'},
    objective: {name: 'apo_zero', learningRate: 1e-5},
    training: {steps: 10, warmupSteps: 0},
    endpoints: {teacher: {baseUrl: 'http://localhost:1/v1'}},
    actors: {sampler: {}, judge: {endpoint: 'teacher', model: 'm'}},
  };
  const readWith = (more: FleetInput['actors'] = {}) =>
    readFleet(
      temporaryFile(t, 'fleet.json', JSON.stringify({...ranking, actors: {...ranking.actors, ...more}})),
    );
  const fleet = await readWith();
  const answersOf = (...texts: string[]) => texts.map((text) => ({text, finishReason: 0}));
  const recorded = [answersOf('a', 'b', 'c', 'd'), answersOf('a', 'b', 'c', 'd', ' d'), answersOf('a'), []];
  const prompts: Prompts = {
    length: recorded.length,
    at: () => 'p',
    answersAt: async (index) => recorded[index] ?? [],
  };
  const lines = await estimateOf(fleet, prompts);
  // (6 + 6 + 0 + 0) / 4 comparisons a prompt, each in both orders, of 160 prompts.
  t.regex(lines[0] ?? '', /^estimate {3}judge at teacher: 960 calls, /);
  t.regex(lines.at(-1) ?? '', /, 3 comparisons of recorded answers a prompt, /);
  const [plan = ''] = planOf(fleet).filter((line) => line.startsWith('judge '));
  t.regex(
    plan,
    /; about 320 calls, 2 for each prompt, where one has 2 recorded answers; more where it has more$/,
  );
  // A quarter of the prompts, which had no answer, is put to three others, whose answers meet three times.
  const others = await estimateOf(
    await readWith({answerer: {endpoint: 'teacher', model: 'm', others: ['x', 'y', 'z']}}),
    prompts,
  );
  t.regex(others.join('\n'), /answerer at teacher: 120 calls, /);
  t.regex(others.join('\n'), /judge at teacher: 1200 calls, /);
});
