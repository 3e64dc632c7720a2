/** Whatever is wrong is said in one clear line before anything starts, with a code that is not 0. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer, type RequestListener} from 'node:http';
import {createServer as createSocketServer} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {ownIdentity} from '../../../runtime/machine/process-alive.js';
import {packageRoot} from '../../../runtime/paths.js';
import {natsBinary} from '../../helpers/nats.js';
import {anchorage} from '../../helpers/process.js';
import {temporaryFolder} from '../../helpers/temporary.js';
import {typed} from '../../helpers/typed.js';

const fleetText = (change: Record<string, string> = {}): string =>
  Object.values({
    prompts: 'prompts: {demo: true, count: 64}',
    policy: 'policy: {model: demo, format: plain, maxPromptTokens: 32, maxCompletionTokens: 32}',
    objective: 'objective: {name: apo_zero, learningRate: 1.0e-5}',
    training: 'training: {steps: 2}',
    evaluation: 'evaluation: {suite: arithmetic, count: 8, maxCompletionTokens: 32}',
    endpoints: 'endpoints: {teacher: {demo: true}}',
    actors: 'actors: {reviser: {endpoint: teacher, model: reviser}}',
    ...change,
  }).join('\n');

/** A working folder with that fleet.yaml. */
const folderOf = (t: ExecutionContext, text: string): string => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'fleet.yaml'), text);
  return folder;
};

const up = (cwd: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  typed(['up', 'fleet.yaml', ...args], {cwd, env});
/** The same as a process, where it may come to start something. */
const upAsProcess = (t: ExecutionContext, cwd: string, args: readonly string[] = []) =>
  anchorage(t, ['up', 'fleet.yaml', ...args], {cwd});

test('an unknown key', async (t) => {
  const cwd = folderOf(
    t,
    fleetText({objective: 'objective: {name: apo_zero, learningRate: 1.0e-5, betta: 1}'}),
  );
  t.deepEqual(await up(cwd), {
    code: 1,
    stdout: '',
    stderr: 'fleet.yaml:3: objective.betta: unknown key; did you mean beta?\n',
  });
});

test('a prompts file with a broken line', async (t) => {
  const cwd = folderOf(t, fleetText({prompts: 'prompts: {file: prompts.jsonl}'}));
  writeFileSync(join(cwd, 'prompts.jsonl'), '{"prompt": "a"}\n{"prompt": "b"}\n{"prompt": \n');
  const {code, stderr} = await up(cwd);
  t.is(code, 1);
  t.is(
    stderr,
    `${join(cwd, 'prompts.jsonl')}:3: not JSON; each line is an object such as {"prompt": "..."}\n`,
  );
});

test('an evaluation file with a broken line, or without any, before anything starts', async (t) => {
  const evaluation = 'evaluation: {suite: exact_match, file: held-out.jsonl, maxCompletionTokens: 32}';
  const cwd = folderOf(t, fleetText({evaluation}));
  const file = join(cwd, 'held-out.jsonl');
  const example = '{"prompt": "...", "answer": "..."}';
  for (const [text, complaint] of [
    [
      '{"prompt": "1+1=", "answer": "2"}\n{"prompt": "1+2="}\n',
      `:2: needs the texts prompt and answer, as in ${example}`,
    ],
    ['\n', `: holds nothing to ask; write ${example} on each line`],
  ] as const) {
    writeFileSync(file, text);
    for (const args of [[], ['--dry-run']]) {
      const {code, stderr} = await up(cwd, args);
      t.is(code, 1);
      t.is(stderr, `${file}${complaint}\n`);
    }
  }
});

test('a policy that is not there', async (t) => {
  const cwd = folderOf(t, fleetText({policy: 'policy: {model: models/none}'}));
  const {code, stderr} = await up(cwd, [], {HF_HUB_OFFLINE: '1', HF_HOME: join(cwd, 'hf')});
  t.is(code, 1);
  t.is(
    stderr,
    `fleet.yaml: policy.model: models/none: there is no such folder here, and ${join(cwd, 'hf/hub')} has not all of it, and HF_HUB_OFFLINE is set: fetch it where there is a network, or unset that\n`,
  );
});

const openaiFleet = (url: string) =>
  fleetText({
    endpoints: `endpoints: {openai: {baseUrl: ${url}, apiKeyEnv: TEST_KEY}}`,
    actors: 'actors: {reviser: {endpoint: openai, model: gpt}}',
  });

test('a key that is not set', async (t) => {
  const {code, stderr} = await up(folderOf(t, openaiFleet('https://models.example/v1')));
  t.is(code, 1);
  t.is(
    stderr,
    "fleet.yaml: endpoints.openai.apiKeyEnv: TEST_KEY is not set; put the endpoint's key there, or leave apiKeyEnv out where none is asked for\n",
  );
});

const endpoints: Record<string, readonly [RequestListener, line: RegExp]> = {
  'an endpoint that answers 401': [
    (_, response) => response.writeHead(401).end('{"error": {"message": "no such key"}}'),
    /^[^\n]*TEST_KEY[^\n]*\n$/,
  ],
  'an endpoint that answers garbage': [
    (_, response) => response.end('<html>hello</html>'),
    /^[^\n]*http:\/\/127[^\n]*\n$/,
  ],
};
for (const [title, [listener, line]] of Object.entries(endpoints)) {
  test(title, async (t) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    t.teardown(() => server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const {code, stdout, stderr} = await up(folderOf(t, openaiFleet(`http://127.0.0.1:${port}/v1`)), [], {
      TEST_KEY: 'key',
    });
    t.is(code, 1);
    t.is(stdout, '');
    t.regex(stderr, line);
  });
}

test('an endpoint where nobody listens, after the time that it is waited for; of a dry run at once', async (t) => {
  const cwd = folderOf(t, openaiFleet('http://127.0.0.1:9/v1'));
  for (const args of [['--set', 'actors.reviser.timeoutMs=1'], ['--dry-run']]) {
    const {code, stderr} = await up(cwd, args, {TEST_KEY: 'key'});
    t.is(code, 1);
    t.regex(stderr, /^[^\n]*http:\/\/127\.0\.0\.1:9\/v1[^\n]*; start it, or correct endpoints[^\n;]*\n$/);
  }
});

test('a busy port', async (t) => {
  const server = createSocketServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const {code, stderr} = await upAsProcess(t, folderOf(t, fleetText()), ['--nats-port', String(port)]);
  t.is(code, 1);
  t.regex(stderr, new RegExp(`^[^\\n]*port ${port} of 127\\.0\\.0\\.1[^\\n]*\\n$`));
});

test('a server that is not there leaves no folder of a run, and keeps one that was there', async (t) => {
  const cwd = folderOf(t, fleetText());
  const nowhere = ['--nats', 'nats://127.0.0.1:9'];
  const {code, stderr} = await upAsProcess(t, cwd, nowhere);
  t.is(code, 1);
  t.regex(stderr, /^[^\n]*127\.0\.0\.1:9[^\n]*\n$/);
  t.is((await upAsProcess(t, cwd, [...nowhere, '--run', 'new'])).code, 1);
  t.deepEqual(readdirSync(join(cwd, 'runs')), []);
  mkdirSync(join(cwd, 'runs/old'));
  writeFileSync(join(cwd, 'runs/old/notes'), '');
  t.is((await upAsProcess(t, cwd, [...nowhere, '--run', 'old'])).code, 1);
  t.true(readdirSync(join(cwd, 'runs/old')).includes('notes'));
});

test('a server without JetStream', async (t) => {
  const ports = temporaryFolder(t);
  const server = spawn(await natsBinary(), ['-a', '127.0.0.1', '-p', '-1', '--ports_file_dir', ports]);
  t.teardown(() => server.kill('SIGKILL'));
  let text = '';
  // It is there before it is written.
  while (!text.trimEnd().endsWith('}')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const file = readdirSync(ports).find((name) => name.endsWith('.ports'));
    if (file !== undefined) text = readFileSync(join(ports, file), 'utf8');
  }
  const {nats} = JSON.parse(text) as {nats: [string]};
  const {code, stderr} = await upAsProcess(t, folderOf(t, fleetText()), ['--nats', nats[0]]);
  t.is(code, 1);
  t.regex(stderr, /^[^\n]*JetStream[^\n]*\n$/);
});

test('a run that is running', async (t) => {
  const cwd = folderOf(t, fleetText());
  mkdirSync(join(cwd, 'runs/one'), {recursive: true});
  const record = {
    run: 'one',
    ...ownIdentity(),
    natsUrl: 'nats://127.0.0.1:9',
    startedAt: '',
    heldSince: '',
  };
  writeFileSync(join(cwd, 'runs/one/run.json'), JSON.stringify(record));
  const {code, stderr} = await upAsProcess(t, cwd, ['--run', 'one']);
  t.is(code, 1);
  t.is(stderr, `run one is already running (process ${process.pid}); stop it, or choose another --run\n`);
});

test('an unsupported Node', async (t) => {
  const older = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.20.4'})";
  const {code, stderr} = await anchorage(t, ['up'], {nodeArgs: ['--import', older]});
  t.is(code, 1);
  t.is(
    stderr,
    'Node 18.20.4 is not supported: Anchorage runs on ^20.19 || ^22.12 || >=24; install Node 24 from https://nodejs.org\n',
  );
});

test('an unknown command, an unknown actor, and no run to look at', async (t) => {
  const cwd = temporaryFolder(t);
  const unknown = await typed(['down'], {cwd});
  t.is(unknown.code, 1);
  t.regex(unknown.stderr, /unknown command 'down'/);
  const actor = await typed(['start', 'painter', '--fleet', 'f.yaml'], {cwd});
  t.is(actor.code, 1);
  t.is(
    actor.stderr,
    'there is no actor painter; one of sampler, reviser, answerer, judge, filter, reference, learner, evaluator\n',
  );
  const status = await typed(['status'], {cwd});
  t.is(status.code, 1);
  t.regex(status.stderr, /^no run is live under [^\n]+; start one with `anchorage up`, or give --nats\n$/);
});

test('a dry run of the demonstration succeeds and starts nothing', async (t) => {
  const cwd = temporaryFolder(t);
  const {code, stdout} = await anchorage(t, ['up', '--dry-run'], {cwd});
  t.is(code, 0);
  t.regex(stdout, /valid; nothing was started\n$/);
  t.deepEqual(readdirSync(cwd), []);
});

test('a dry run of a fleet that lacks something says what it would do, and fails with what is missing', async (t) => {
  const cwd = temporaryFolder(t);
  const file = join(packageRoot, 'runtime/fleet/llama3-ultrafeedback.yaml');
  const {code, stdout, stderr} = await anchorage(t, ['up', file, '--dry-run'], {
    cwd,
    env: {OPENAI_API_KEY: '', HF_HUB_OFFLINE: '1', HF_HOME: join(cwd, 'hf')},
  });
  t.is(code, 1);
  t.regex(stdout, /apo_zero, beta 0\.1, learning rate 2e-7/);
  t.notRegex(stdout, /valid/);
  t.regex(stderr, /prompts\.file: .* is not there/);
  t.regex(stderr, /OPENAI_API_KEY is not set/);
});

const refused: Record<string, readonly string[]> = {
  'a prompts file with a broken line': ['--set', 'prompts={file: prompts.jsonl}'],
  'fewer prompts than are to be taken': ['--set', 'prompts={file: one.jsonl, count: 16}'],
  'stages with a bound on staleness': ['--serial', '--set', 'maxStaleness=1'],
  'stages without actors': ['--serial', '--no-actors'],
  'a demo teacher whose key nobody knows': ['--no-actors'],
  'a key that is not set': [
    '--set',
    'endpoints.teacher={baseUrl: https://models.example/v1, apiKeyEnv: TEST_KEY}',
  ],
  'a target that no layer has': ['--set', 'training.lora={rank: 4, targets: [painter]}'],
  'more shards than parts': ['--set', 'actors.learner.count=99'],
  'a run of another fleet': ['--run', 'begun'],
  'an id that cannot be one': ['--run', 'a.b'],
};
for (const [title, args] of Object.entries(refused)) {
  test.serial(`a dry run refuses as a start does: ${title}`, async (t) => {
    const cwd = folderOf(t, fleetText());
    writeFileSync(join(cwd, 'prompts.jsonl'), '{"prompt": "a"}\n{"prompt": \n');
    writeFileSync(join(cwd, 'one.jsonl'), '{"prompt": "a"}\n');
    mkdirSync(join(cwd, 'runs/begun'), {recursive: true});
    writeFileSync(join(cwd, 'runs/begun/fleet.json'), '{"seed": 9}');
    const env = {ANCHORAGE_TEACHER_KEY: '', TEST_KEY: ''};
    const start = await up(cwd, args, env);
    const dry = await up(cwd, [...args, '--dry-run'], env);
    t.is(start.code, 1);
    t.regex(start.stderr, /^[^\n]+\n$/);
    t.deepEqual([dry.code, dry.stderr], [start.code, start.stderr]);
    t.deepEqual(readdirSync(join(cwd, 'runs')), ['begun']);
  });
}

test('every command explains itself with an example', async (t) => {
  const commands = [
    [],
    ['up'],
    ['start'],
    ['status'],
    ['watch'],
    ['objective'],
    ['objective', 'set'],
    ['report'],
    ['train'],
    ['logps'],
    ['generate'],
    ['doctor'],
  ];
  for (const command of commands) {
    const {code, stdout} = await typed([...command, '--help']);
    t.is(code, 0);
    t.regex(stdout, /Examples?:\n {2}anchorage/, command.join(' '));
  }
});
