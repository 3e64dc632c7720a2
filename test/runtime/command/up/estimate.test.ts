import {join} from 'node:path';
import test from 'ava';
import {estimateOf} from '../../../../runtime/command/up/estimate.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {packageRoot} from '../../../../runtime/paths.js';

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
