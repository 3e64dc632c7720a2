/** What is wrong with a fleet is said in one line each, with file, line, key and remedy. */
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {misfitsOf, missingFilesOf} from '../../../../runtime/fleet/file/check.js';
import {demoPolicyFolder, readFleet} from '../../../../runtime/fleet/file/load.js';
import {objectiveNames} from '../../../../runtime/learning/objectives/objectives.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {redacted} from '../../../../runtime/text/redact.js';
import {temporaryFile} from '../../../helpers/temporary.js';

const good = `prompts: {demo: true, count: 64}
policy:
  model: demo
  format: plain
objective:
  name: apo_zero
  learningRate: 1.0e-5
training: {steps: 4}
evaluation: {suite: arithmetic}
endpoints:
  teacher: {demo: true}
actors:
  reviser: {endpoint: teacher, model: reviser}
`;

/** The error's text, with the file called fleet.yaml. */
const complaintOf = async (
  t: ExecutionContext,
  text: string,
  sets: string[] = [],
): Promise<string | undefined> => {
  const file = temporaryFile(t, 'fleet.yaml', text);
  const error = await t.throwsAsync(readFleet(file, sets), {instanceOf: TerminalError});
  return error?.message.replaceAll(file, 'fleet.yaml');
};

test('a fleet gets its defaults, and the shipped policy its folder', async (t) => {
  const fleet = await readFleet(temporaryFile(t, 'fleet.yaml', good));
  t.is(fleet.objective.beta, 0.1);
  t.is(fleet.training.batchSize, 16);
  t.is(fleet.actors.sampler.count, 1);
  t.is(fleet.policy.model, demoPolicyFolder);
});

const wrong: Record<string, readonly [from: string, to: string, line: string]> = {
  'an unknown key is named with the nearest known one': [
    '  learningRate: 1.0e-5',
    '  learningRate: 1.0e-5\n  betta: 1',
    'fleet.yaml:8: objective.betta: unknown key; did you mean beta?',
  ],
  'an unknown key like no other is answered with all that are known': [
    'training: {steps: 4}',
    'training: {steps: 4, colour: red}',
    'fleet.yaml:8: training.colour: unknown key; known keys: steps, maxPairs, epochs, batchSize, microBatchSize, memory, parts, stepTimeoutMs, wire, lora, warmupSteps, maxGradNorm, checkpointEverySteps, keep, share',
  ],
  'a wrong type is shown as it was written': [
    'steps: 4',
    'steps: many',
    'fleet.yaml:8: training.steps: "many" is not a number',
  ],
  'steps that the pairs cannot fill are refused': [
    'training: {steps: 4}',
    'training: {steps: 5, maxPairs: 20, epochs: 2}',
    'fleet.yaml:8: training.steps: 20 pairs 2 times give at most 4 batches of 16; lower it, or raise training.maxPairs',
  ],
  'a fraction is not a count': [
    'steps: 4',
    'steps: 4.5',
    'fleet.yaml:8: training.steps: 4.5 is not a whole number',
  ],
  'a missing key is named at the map it belongs to': [
    '  learningRate: 1.0e-5\n',
    '',
    'fleet.yaml:5: objective.learningRate: missing; a number',
  ],
  'an unknown objective is answered with the known ones': [
    'apo_zero',
    'apo_one',
    `fleet.yaml:6: objective.name: unknown objective "apo_one"; one of ${objectiveNames.join(', ')}`,
  ],
  'an objective’s unknown setting is named with the nearest known one': [
    '  name: apo_zero',
    '  name: apo_zero+robust\n  settings: {label_smothing: 0.1}',
    'fleet.yaml:7: objective.settings.label_smothing: unknown setting; did you mean label_smoothing?',
  ],
  'an objective’s setting out of range is named with its bound': [
    '  name: apo_zero',
    '  name: exo_pair\n  settings: {label_smoothing: 0}',
    'fleet.yaml:7: objective.settings.label_smoothing: 0 is too small; greater than 0',
  ],
  'a number out of range is named with its bound': [
    '  name: apo_zero',
    '  name: apo_zero\n  beta: 0',
    'fleet.yaml:7: objective.beta: 0 is too small; greater than 0',
  ],
  'an unknown suite is answered with the known ones': [
    'suite: arithmetic',
    'suite: mmlu',
    'fleet.yaml:9: evaluation.suite: unknown value "mmlu"; one of alpaca_eval, arithmetic, exact_match, gold_answers, heldout, ifeval, mixeval, module, mt_bench, multiple_choice, pairwise, perplexity, preference',
  ],
  'of two kinds of prompts the one that was meant is checked': [
    '{demo: true, count: 64}',
    '{file: a.jsonl, cuont: 64}',
    'fleet.yaml:1: prompts.cuont: unknown key; did you mean count?',
  ],
  'an address with a query, which may hold a key, is refused': [
    '{demo: true}\n',
    '{baseUrl: "https://a.example/v1?key=sk-1"}\n',
    'fleet.yaml:11: endpoints.teacher.baseUrl: has a user, a password or a query in it (Azure’s ?api-version=... alone may be); ' +
      'put the key into the variable of apiKeyEnv',
  ],
  'an address that is none is refused': [
    '{demo: true}\n',
    '{baseUrl: localhost}\n',
    'fleet.yaml:11: endpoints.teacher.baseUrl: "localhost" is not an address such as https://api.openai.com/v1',
  ],
  'clair without a reviser cannot start': [
    'actors:\n  reviser: {endpoint: teacher, model: reviser}\n',
    'actors: {}\n',
    'fleet.yaml:12: actors.reviser: missing; the dataset clair needs it, with its endpoint and model',
  ],
  'an endpoint that nobody wrote down is named': [
    'endpoint: teacher',
    'endpoint: openai',
    'fleet.yaml:13: actors.reviser.endpoint: no endpoint is called openai; endpoints has teacher',
  ],
  'a warm-up as long as the run is refused': [
    '{steps: 4}',
    '{steps: 4, warmupSteps: 4}',
    'fleet.yaml:8: training.warmupSteps: 4 leaves none of the 4 steps of training.steps; lower it',
  ],
  'steps that the prompts cannot fill are refused': [
    '{steps: 4}',
    '{steps: 9, epochs: 2}',
    'fleet.yaml:8: training.steps: 64 prompts 2 times give at most 8 batches of 16; lower it, or raise prompts.count',
  ],
  'fewer outstanding prompts than a batch would wait forever': [
    'policy:',
    'maxOutstandingPrompts: 8\npolicy:',
    'fleet.yaml:2: maxOutstandingPrompts: 8 prompts can never fill a batch of 16; raise it to 16 or more',
  ],
  'running further ahead than pairs may be old is refused': [
    'policy:',
    'maxStaleness: 1\npipelineDepth: 2\npolicy:',
    'fleet.yaml:3: pipelineDepth: 2 is above maxStaleness, 1: pairs would be sampled only to be dropped; lower it, or raise maxStaleness',
  ],
  'length ratios that exclude each other are refused': [
    'policy:',
    'filter: {minLengthRatio: 2}\npolicy:',
    'fleet.yaml:2: filter.minLengthRatio: 2 is not below filter.maxLengthRatio, 2: every revision would be rejected',
  ],
  'a precision that the backend lacks is refused': [
    'policy:',
    'backend: onnx\nprecision: bfloat16\npolicy:',
    'fleet.yaml:3: precision: bfloat16 is not of the backend onnx; set backend to tensorflow, or precision to float32',
  ],
  'a precision of sampling that the backend lacks is refused': [
    'policy:\n',
    'backend: tensorflow\npolicy:\n  samplingPrecision: int8\n',
    'fleet.yaml:4: policy.samplingPrecision: int8 is not of the backend tensorflow; set backend to onnx, or samplingPrecision to float32',
  ],
  'a device that the backend lacks is refused': [
    'policy:',
    'backend: tensorflow\ndevice: webgpu\npolicy:',
    'fleet.yaml:3: device: webgpu is not of the backend tensorflow; set backend to onnx, or device to cpu',
  ],
  'a precision that the device lacks is refused': [
    'policy:',
    'device: webgpu\nprecision: bfloat16\npolicy:',
    'fleet.yaml:3: precision: the device webgpu has no bfloat16; set precision to float32, or device to cpu',
  ],
};
for (const [title, [from, to, line]] of Object.entries(wrong)) {
  test(title, async (t) => {
    t.true(good.includes(from));
    t.is(await complaintOf(t, good.replace(from, to)), line);
  });
}

test('judge_on_policy wants a judge and has no use for a reviser', async (t) => {
  t.is(
    await complaintOf(t, `dataset: judge_on_policy\n${good}`),
    [
      'fleet.yaml:13: actors.judge: missing; the dataset judge_on_policy needs it, with its endpoint and model',
      'fleet.yaml:14: actors.reviser: not part of the dataset judge_on_policy; remove it, or change dataset',
    ].join('\n'),
  );
});

test('two things that are wrong are two lines', async (t) => {
  const text = await complaintOf(t, good.replace('steps: 4', 'steps: 0').replace('apo_zero', 'apo'));
  t.is(text?.split('\n').length, 2);
});

test('what is not YAML is named by its line', async (t) => {
  const text = await complaintOf(t, good.replace('{steps: 4}', '{steps: 4'));
  t.regex(text ?? '', /^fleet\.yaml:\d+: not YAML: [^\n]+$/);
});

/** Nine aliases of nine aliases, and so on: 9^6 values of a few hundred characters. */
const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]']
  .concat(
    ['ba', 'cb', 'dc', 'ed', 'fe'].map((it) => `${it[0]}: &${it[0]} [${Array(9).fill(`*${it[1]}`).join()}]`),
  )
  .join('\n');
const deep = 'not YAML: maps and lists over 100 levels deep; is a bracket not closed?';
const odd: Record<string, readonly [text: string, line: string]> = {
  'aliases that stand for more than anybody wrote': [
    bomb,
    'fleet.yaml:6: not YAML: *e and the aliases before it stand for too much; write it out',
  ],
  'an alias without an anchor': [
    'run: first\nseed: *nope\n',
    'fleet.yaml:2: not YAML: *nope has no anchor before it; put quotes around a text that begins with *',
  ],
  'an alias of what it is in': [
    'run: first\nseed: &s\n - *s\n',
    'fleet.yaml:3: not YAML: *s is in what it stands for',
  ],
  'a text that opens brackets without end': ['['.repeat(100_000), `fleet.yaml:1: ${deep}`],
  'a text that opens braces without end': [`seed: 1\n${'{'.repeat(100_000)}`, `fleet.yaml:2: ${deep}`],
  'a list of lists without end': ['- '.repeat(100_000), `fleet.yaml:1: ${deep}`],
};
for (const [what, [text, line]] of Object.entries(odd))
  test(`${what} is refused with file and line`, async (t) => t.is(await complaintOf(t, text), line));

test('an alias stands for its anchor’s value, in the file and in an override', async (t) => {
  const shared = good.replace('steps: 4', 'steps: &few 4, warmupSteps: 0, batchSize: *few');
  const fleet = await readFleet(temporaryFile(t, 'fleet.yaml', shared), [
    'training.keep={last: &n 3, best: *n}',
  ]);
  t.is(fleet.training.batchSize, 4);
  t.deepEqual(fleet.training.keep, {last: 3, best: 3});
  t.is(
    await complaintOf(t, good, ['seed=*n']),
    '--set seed=*n: the value is not YAML: *n has no anchor before it; put quotes around a text that begins with *',
  );
});

test('a file that is not there is named', async (t) => {
  const error = await t.throwsAsync(readFleet('nowhere/fleet.yaml'), {instanceOf: TerminalError});
  t.is(
    error?.message,
    'nowhere/fleet.yaml: no such file; give the path of a fleet.yaml; `anchorage up --help` shows one',
  );
});

test('--set overrides one key with a YAML value', async (t) => {
  const file = temporaryFile(t, 'fleet.yaml', good);
  const fleet = await readFleet(file, [
    'objective.beta=0.5',
    'actors.sampler={count: 2}',
    'training.steps=3',
  ]);
  t.is(fleet.objective.beta, 0.5);
  t.is(fleet.actors.sampler.count, 2);
  t.is(fleet.training.steps, 3);
  t.is(fleet.objective.name, 'apo_zero');
});

test('a wrong override is named as it was typed', async (t) => {
  t.is(
    await complaintOf(t, good, ['objective.betta=1']),
    '--set objective.betta=1: objective.betta: unknown key; did you mean beta?',
  );
  t.is(
    await complaintOf(t, good, ['objective.beta']),
    '--set objective.beta: not key=value, such as objective.beta=0.5',
  );
});

test('the shipped demonstration is valid', async (t) => {
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  t.is(fleet.dataset, 'clair');
  t.is(fleet.objective.name, 'apo_zero');
});

test("the shipped real run has the paper's hyperparameters", async (t) => {
  const {objective, training, policy, endpoints, prompts} = await readFleet(
    join(packageRoot, 'runtime/fleet/llama3-ultrafeedback.yaml'),
  );
  t.deepEqual(objective, {name: 'apo_zero', beta: 0.1, learningRate: 2e-7, settings: {}});
  t.is(training.batchSize, 16);
  t.is(training.epochs, 18);
  t.is(policy.maxPromptTokens, 512);
  t.is(policy.maxCompletionTokens, 512);
  t.is(prompts.count, 32_000);
  t.deepEqual(endpoints.openai, {baseUrl: 'https://api.openai.com/v1', apiKeyEnv: 'OPENAI_API_KEY'});
});

test('files that are not on this machine are named by key, path and remedy', async (t) => {
  const text = good
    .replace('{demo: true, count: 64}', '{file: /nowhere/prompts.jsonl}')
    .replace('model: demo', 'model: /nowhere/model');
  const fleet = await readFleet(temporaryFile(t, 'fleet.yaml', text));
  t.deepEqual(
    missingFilesOf(fleet).map(({path, message}) => `${path.join('.')}: ${message}`),
    [
      'prompts.file: /nowhere/prompts.jsonl is not there; give a data file or folder with prompts',
      'policy.model: /nowhere/model/config.json is not there; give a Hugging Face folder with config.json, tokenizer.json and model.safetensors, or the name of a model on the Hub, ORG/NAME',
    ],
  );
});

test('money is one sum: a ceiling wants a price of everything that is asked, and prices are in one currency', async (t) => {
  t.is(
    await complaintOf(t, good, ['spend.ceiling=5']),
    'fleet.yaml:11: endpoints.teacher.price: missing; spend.ceiling counts by it: give inputPerMillion and outputPerMillion, 0 where it costs nothing',
  );
  t.regex(
    (await complaintOf(t, good, ['actors.reviser.spendCeiling=5'])) ?? '',
    /endpoints\.teacher\.price: missing; actors\.reviser\.spendCeiling counts by it/,
  );
  const euros = 'endpoints.teacher.price={inputPerMillion: 1, outputPerMillion: 2, currency: EUR}';
  t.is(
    await complaintOf(t, good, [euros, 'spend.ceiling=5']),
    `--set ${euros}: endpoints.teacher.price.currency: EUR is not the USD of spend.currency: amounts are summed, so all prices are in one currency`,
  );
  const fleet = await readFleet(temporaryFile(t, 'fleet.yaml', good), [
    euros,
    'spend={ceiling: 5, currency: EUR}',
  ]);
  t.deepEqual(fleet.spend, {ceiling: 5, currency: 'EUR'});
});

test('what does not fit the policy is named by key and remedy', async (t) => {
  const demo = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  t.deepEqual(await misfitsOf(demo), []);
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), [
    'policy.format=chat',
    'evaluation.maxCompletionTokens=512',
  ]);
  t.deepEqual(
    (await misfitsOf(fleet)).map(({path, message}) => `${path.join('.')}: ${message}`),
    [
      "evaluation.maxCompletionTokens: 512 and the 32 of policy.maxPromptTokens are beyond the model's 64 positions; lower one of them",
      'policy.format: the model has no chat template; set it to plain',
    ],
  );
});

test('memory that holds no request’s keys and values is named, with what one takes', async (t) => {
  // 2 layers, keys and values of 2 heads of 32 entries: 1,024 bytes for each of 64 tokens, and as many for one that is put together.
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), [
    'policy.cacheMemory=0.05MB',
    'policy.maxPromptTokens=32',
    'policy.maxCompletionTokens=32',
  ]);
  t.deepEqual(
    (await misfitsOf(fleet)).map(({path, message}) => `${path.join('.')}: ${message}`),
    [
      'policy.cacheMemory: 50 kB do not hold the keys and values of one request of 64 tokens, 132 kB; raise it, or lower the limits of prompts and completions',
    ],
  );
});

test('a model that is not supported does not fit, in the words of its configuration', async (t) => {
  const demo = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
  const llama = JSON.parse(readFileSync(join(demo.policy.model, 'config.json'), 'utf8'));
  const mamba = {...llama, architectures: ['MambaForCausalLM'], model_type: 'mamba'};
  const config = temporaryFile(t, 'config.json', JSON.stringify(mamba));
  const policy = {...demo.policy, model: dirname(config)};
  const [misfit, ...others] = await misfitsOf({...demo, policy});
  t.deepEqual(others, []);
  t.deepEqual(misfit?.path, ['policy', 'model']);
  t.true(misfit?.message.includes('mamba'), misfit?.message);
});

test('steps that are left out follow from the pairs there can be', async (t) => {
  const stepsOf = async (training: string, prompts = '{demo: true, count: 64}') => {
    const text = good.replace('{demo: true, count: 64}', prompts).replace('{steps: 4}', training);
    return (await readFleet(temporaryFile(t, 'fleet.yaml', text))).training.steps;
  };
  t.is(await stepsOf('{}'), 4);
  t.is(await stepsOf('{epochs: 3, batchSize: 60}'), 6);
  t.is(await stepsOf('{epochs: 2, maxPairs: 33}'), 6);
  t.is(await stepsOf('{maxPairs: 100}', '{file: prompts.jsonl}'), 7);
  // Counted when the file is read: withCountedPrompts.
  t.is(await stepsOf('{}', '{file: prompts.jsonl}'), 0);
});

test('a key that is put in the place of its variable is said to nobody', async (t) => {
  const open = good.replace('teacher: {demo: true}', 'teacher: {baseUrl: https://api.openai.com/v1}');
  const keys = ['sk-1a2b3c4d5e6f7a8b', 'hf_aB1cD2eF3gH4iJ5k'];
  for (const [index, name] of ['apiKeyEnv', 'apiKey'].entries()) {
    const complaint = await complaintOf(t, open, [`endpoints.teacher.${name}=${keys[index]}`]);
    const said = redacted(complaint ?? '');
    t.true(said.startsWith(`--set endpoints.teacher.${name}=[hidden]: endpoints.teacher.${name}: `), said);
    t.false(said.includes(keys[index] ?? ''));
  }
  const written = await complaintOf(t, open.replace('/v1}', '/v1, apiKeyEnv: sk-9z8y7x6w5v4u3t2s}'));
  t.is(
    redacted(written ?? ''),
    'fleet.yaml:11: endpoints.teacher.apiKeyEnv: is not the name of an environment variable; put the key into one, such as OPENAI_API_KEY, and give its name here',
  );
});
