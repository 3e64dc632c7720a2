import test from 'ava';
import {threadsOf} from '../../../../runtime/fleet/cores.js';
import {checkAllowed, readAllowedEndpoint} from '../../../../runtime/fleet/file/allowed-endpoints.js';
import {checkedFleet} from '../../../../runtime/fleet/file/load.js';
import {evaluatorAsks, samplerAsks} from '../../../../runtime/fleet/fleet-actors.js';
import {requireSameFleet} from '../../../../runtime/fleet/run/fleet-difference.js';
import {scaled} from '../../../../runtime/fleet/scale.js';

const fleetWith = (sets: readonly string[]) =>
  checkedFleet(
    'fleet.yaml',
    {
      prompts: {demo: true, count: 100},
      policy: {model: 'demo', format: 'plain'},
      objective: {name: 'apo_zero', learningRate: 1e-5},
      training: {steps: 1, lora: {rank: 4}},
      endpoints: {teacher: {demo: true}, vllm: {baseUrl: 'http://localhost:8000/v1'}},
      actors: {
        sampler: {endpoint: 'vllm', model: 'base'},
        reviser: {endpoint: 'teacher', model: 'reviser'},
      },
    },
    sets,
  );
const complaintOf = (...sets: string[]): string => {
  try {
    fleetWith(sets);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('A policy behind an endpoint is asked there, and takes no core here', (t) => {
  const fleet = fleetWith([]);
  t.like(samplerAsks(fleet), {endpoint: 'vllm', model: 'base', concurrency: 32, adapters: {load: true}});
  const asked = threadsOf({cores: 8, actors: fleet.actors}, 'learner');
  const {endpoint: _, ...sampler} = fleet.actors.sampler;
  t.true(asked > threadsOf({cores: 8, actors: {...fleet.actors, sampler}}, 'learner'));
});

test('What cannot hold together is refused by its key, with what to do', (t) => {
  t.regex(
    complaintOf('training={steps: 1}'),
    /actors\.sampler\.endpoint: all weights learn, .* give training\.lora, such as \{rank: 16\}, or set actors\.sampler\.adapters\.load to false/,
  );
  t.is(complaintOf('training={steps: 1}', 'actors.sampler.adapters.load=false'), '');
  t.regex(
    complaintOf('maxStaleness=2', 'actors.sampler.adapters.load=false'),
    /maxStaleness: with actors\.sampler/,
  );
  t.is(complaintOf('maxStaleness=2'), '');
  t.regex(
    complaintOf('actors.sampler={endpoint: vllm}'),
    /actors\.sampler\.model: missing; what the endpoint calls/,
  );
  t.regex(
    complaintOf('actors.sampler.endpoint=other'),
    /actors\.sampler\.endpoint: no endpoint is called other; endpoints has teacher, vllm/,
  );
  t.regex(
    complaintOf('actors.sampler={model: base}'),
    /actors\.sampler\.model: there is no actors\.sampler\.endpoint/,
  );
  t.regex(
    complaintOf('actors.sampler={adapters: {folder: a}}'),
    /actors\.sampler\.adapters\.folder: there is no/,
  );
  t.regex(complaintOf('actors.sampler.count=2'), /actors\.sampler\.count: 2 samplers would unload/);
  t.regex(complaintOf('policy.pickUp=token'), /policy\.pickUp: an answer of an endpoint is one policy/);
  t.regex(complaintOf('policy.samplingPrecision=int8'), /policy\.samplingPrecision: not of an endpoint/);
  t.regex(
    complaintOf('actors.sampler.extraBody={top_k: 5}'),
    /actors\.sampler\.extraBody\.top_k: the policy may be sampled otherwise by it .* takes user, metadata/,
  );
  const others = ['ignore_eos: true', 'min_tokens: 5', 'custom_logit_processor: x', 'of_next_year: 1'];
  for (const field of [...others, 'kv_transfer_params: {do_remote_decode: true}', 'repetition_detection: {}'])
    t.regex(complaintOf(`actors.sampler.extraBody={${field}}`), /may be sampled otherwise/, field);
  t.is(complaintOf('actors.sampler.extraBody={priority: 1, session_id: s, routed_dp_rank: 0}'), '');
  t.regex(
    complaintOf('actors.sampler.adapters={load: false, serverFolder: /mnt/a}'),
    /actors\.sampler\.adapters\.serverFolder: with actors\.sampler\.adapters\.load: false no adapter is written/,
  );
  t.regex(
    complaintOf('actors.sampler.extraBody={temperature: 0}'),
    /extraBody\.temperature: a field that is set already/,
  );
});

test('What would count for nothing is refused, with what says it instead', (t) => {
  t.regex(
    complaintOf('actors.sampler.batchSize=8'),
    /actors\.sampler\.batchSize: the server says .* say by actors\.sampler\.concurrency/,
  );
  t.regex(complaintOf('actors.sampler.threads=2'), /actors\.sampler\.threads: the policy is computed by its/);
  for (const said of ['concurrency: 8', 'timeoutMs: 1000', 'seed: false', 'extraBody: {priority: 1}'])
    t.regex(complaintOf(`actors.sampler={${said}}`), /there is no actors\.sampler\.endpoint/, said);
  t.regex(
    complaintOf('actors.sampler={spendCeiling: 5}'),
    /spendCeiling: there is no .* costs nothing; remove it/,
  );
  t.is(complaintOf('actors.sampler={batchSize: 8, threads: 1}'), '');
  t.regex(
    complaintOf('actors.sampler.spendCeiling=5'),
    /endpoints\.vllm\.price: missing; actors\.sampler\.spendCeiling counts by it/,
  );
});

const tested = 'actors.evaluator={endpoint: vllm, model: base}';

test('Checkpoints are answered by an endpoint where a suite asks something, and adapters learn', (t) => {
  const fleet = fleetWith([tested, 'evaluation={suite: arithmetic}']);
  t.like(evaluatorAsks(fleet), {endpoint: 'vllm', model: 'base', concurrency: 32, timeoutMs: 120_000});
  t.is(evaluatorAsks(fleetWith(['evaluation={suite: arithmetic}'])), undefined);
  t.regex(complaintOf(tested), /actors\.evaluator\.endpoint: no suite of the fleet has the policy answer/);
  t.regex(
    complaintOf(tested, 'evaluation={suite: perplexity, file: texts.jsonl}'),
    /actors\.evaluator\.endpoint: no suite/,
  );
  t.regex(
    complaintOf(
      ...[tested, 'evaluation={suite: arithmetic}', 'training={steps: 1}'],
      'actors.sampler.adapters.load=false',
    ),
    /actors\.evaluator\.endpoint: all weights learn/,
  );
  t.regex(
    complaintOf('actors.evaluator={model: base}', 'evaluation={suite: arithmetic}'),
    /actors\.evaluator\.model: there is no actors\.evaluator\.endpoint/,
  );
  const threads = 'actors.evaluator={endpoint: vllm, model: base, threads: 2}';
  t.regex(complaintOf(threads, 'evaluation={suite: arithmetic}'), /actors\.evaluator\.threads: the policy/);
  t.is(complaintOf(threads, 'evaluation={suite: heldout, holdOut: 4}'), '', 'rewards are computed here');
});

test('A core is kept for an evaluator that measures, and for none that asks alone', (t) => {
  const asking = fleetWith([tested, 'evaluation={suite: arithmetic}']);
  const measuring = fleetWith([tested, 'evaluation={suite: heldout, holdOut: 4}']);
  t.is(threadsOf({...asking, cores: 8}, 'learner') - threadsOf({...measuring, cores: 8}, 'learner'), 1);
});

test('One sampler asks as much at once as its concurrency says, while the run goes on, too', (t) => {
  t.throws(() => scaled(fleetWith([]), {sampler: 2}), {message: /sampler: its policy is behind an endpoint/});
  t.notThrows(() => scaled(fleetWith([]), {sampler: 1}));
});

test('How the server comes by adapters may be set right between two starts; where it is may not', (t) => {
  const began = fleetWith(['actors.sampler.adapters={serverFolder: /wrong}']);
  t.notThrows(() => requireSameFleet('fleet.yaml', began, fleetWith([]), {places: true}));
  const said = fleetWith([
    'actors.sampler={endpoint: vllm, model: base, concurrency: 32, timeoutMs: 120000}',
  ]);
  t.notThrows(
    () => requireSameFleet('fleet.yaml', said, fleetWith([]), {places: true}),
    'what is the default',
  );
  const moved = fleetWith(['actors.sampler.model=other']);
  t.throws(() => requireSameFleet('fleet.yaml', began, moved, {places: true}), {
    message: /actors\.sampler\.model is "base" in this run and "other"/,
  });
});

test('A machine writes no adapters where only the bus says so', (t) => {
  const allowed = [readAllowedEndpoint('http://localhost:8000/v1')];
  t.notThrows(() => checkAllowed(fleetWith([]), 'sampler', allowed));
  t.throws(() => checkAllowed(fleetWith([]), 'sampler', []), {
    message: /would ask http:\/\/localhost:8000\/v1/,
  });
  t.throws(() => checkAllowed(fleetWith(['actors.sampler.adapters.folder=/etc']), 'sampler', allowed), {
    message: /adapters\.folder of the run would write to \/etc here/,
  });
});
