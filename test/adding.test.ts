/**
 * How many files that are there must be edited for a new actor, recipe, executor, suite and objective: one of each is added to
 * a copy of the sources, which must compile; with the rows of the tables alone it must not, so that nothing that a row needs
 * is forgotten in silence. The pages that `readme.test.ts` holds to the tables count too: `actors/README.md` for an actor and a
 * recipe. So does `deploy/compose.yaml` for an actor. They are not compiled.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {packageRoot} from '../runtime/paths.js';
import {temporaryFolder} from './helpers/temporary.js';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

/** Puts a text before another, which is there once. */
interface Edit {
  readonly file: string;
  readonly before: string;
  readonly put: string;
}
interface Addition {
  readonly files: Readonly<Record<string, string>>;
  /** Rows of tables. */
  readonly rows: readonly Edit[];
  /** What does not compile without it. */
  readonly others: readonly Edit[];
  /** Files beside those that are edited: pages, and what is not compiled. */
  readonly pages: readonly string[];
  readonly mostFiles: number;
}

/** On a machine that has much else to do. */
const COMPILE_LIMIT_MS = 600_000;

const additions = {
  actor: {
    files: {
      // As the filter is, so that it stays an actor as they are.
      'actors/auditor/actor.ts': read('actors/filter/actor.ts').replace(
        "runActor('filter'",
        "runActor('auditor'",
      ),
      ...Object.fromEntries(
        ['accept', 'allusion', 'language', 'io/own-filter', 'io/own-filter-thread'].map((name) => [
          `actors/auditor/${name}.ts`,
          read(`actors/filter/${name}.ts`),
        ]),
      ),
    },
    rows: [
      {
        file: 'runtime/actors.ts',
        before: '  evaluator: {\n',
        put: `  auditor: {
    entry: 'actors/auditor/actor.js',
    asks: true,
    computes: {coreShare: 0},
    stage: 'training',
    activity: 'auditing',
    progress: {made: 'audited', left: 'to audit'},
    changes: [],
    awaited: false,
  },
`,
      },
    ],
    others: [
      {file: 'runtime/bus/channels/subjects.ts', before: "'learner'", put: "'auditor', "},
      {
        file: 'runtime/fleet/file/schema.ts',
        before: '    /** None where there is no `evaluation`. */\n',
        put: '    auditor: z.strictObject({...asking, ...computing}).optional(),\n',
      },
    ],
    pages: ['actors/README.md', 'deploy/compose.yaml'],
    mostFiles: 5,
  },
  recipe: {
    files: {},
    rows: [
      {
        file: 'runtime/datasets.ts',
        before: '} as const satisfies Record<string, Dataset>;',
        put: `  second_best: {
    equation: 'Eq. 2, again',
    answers: 2,
    writes: false,
    queue: 'completion_pairs',
    decider: 'judge',
    source: PreferenceSource.PREFERENCE_SOURCE_UNSPECIFIED,
    filters: ['empty', 'unchanged'],
  },
`,
      },
    ],
    others: [],
    // With a source of its own, which `npm run generate` takes from there.
    pages: ['proto/anchorage/v1/preference.proto', 'actors/README.md'],
    mostFiles: 3,
  },
  executor: {
    files: {
      'runtime/tensor/other.ts': `
import {openEagerExecutor} from './eager.js';

export const openOtherExecutor = () => openEagerExecutor('cpu', 'other');
`,
    },
    rows: [
      {
        file: 'runtime/tensor/executors.ts',
        before: '} as const satisfies Record<string, ExecutorRow>;',
        put: `  other: {
    precisions: {cpu: ['float32', 'bfloat16']},
    place: {training: 4, decoding: 4},
    why: 'it is another',
    remedy: 'none',
    processMegabytes: 100,
  },
`,
      },
    ],
    others: [
      {
        file: 'runtime/tensor/open.ts',
        before: '  eager: openCpu,\n',
        put: "  other: async () => (await import('./other.js')).openOtherExecutor(),\n",
      },
    ],
    pages: ['package.json'],
    mostFiles: 3,
  },
  suite: {
    files: {
      'runtime/suites/contains.ts': `
import * as z from 'zod';
import {type AnswerSuite, answerLength} from './suite.js';

const options = z.strictObject({suite: z.literal('contains'), word: z.string(), ...answerLength});

export const contains = {
  kind: 'answers',
  options,
  describe: ({suite, word}) => \`\${suite} \${word}\`,
  items: async ({word}) => [{prompt: \`Say \${word}\`, word}],
  grade: async ({word}, answer) => (answer.includes(word) ? 1 : 0),
} as const satisfies AnswerSuite<z.infer<typeof options>, {readonly prompt: string; readonly word: string}>;
`,
    },
    rows: [
      {
        file: 'runtime/suites/suites.ts',
        before: "import {exactMatch} from './exact-match.js';",
        put: "import {contains} from './contains.js';\n",
      },
      {file: 'runtime/suites/suites.ts', before: '  exact_match: exactMatch,\n', put: '  contains,\n'},
    ],
    others: [],
    pages: [],
    mostFiles: 1,
  },
  objective: {
    files: {
      'runtime/learning/objectives/nothing.ts': `
import * as tf from '@tensorflow/tfjs-core';
import type {NamedObjective} from './objective-contract.js';

export const nothing: NamedObjective = {
  about: 'nothing',
  source: 'nobody',
  losses: ({rewards}) => tf.zerosLike(rewards.chosen),
};
`,
    },
    rows: [
      {
        file: 'runtime/learning/objectives/objectives.ts',
        before: "import {orpo} from './orpo.js';",
        put: "import {nothing} from './nothing.js';\n",
      },
      {file: 'runtime/learning/objectives/objectives.ts', before: '  sft,\n  dpo,\n', put: '  nothing,\n'},
    ],
    others: [
      {
        file: 'test/helpers/objective-values.ts',
        before: '  sft: {\n',
        put: '  nothing: {start: [0, 0, 0], better: [0, 0, 0], worse: [0, 0, 0], steepest: () => 0},\n',
      },
    ],
    pages: [],
    mostFiles: 2,
  },
} satisfies Readonly<Record<string, Addition>>;

/** Rows that ask for what is not there: a queue that no sampler fills, a rule that the filter lacks, a key that no message carries. */
const odd: readonly Edit[] = [
  {
    file: 'runtime/datasets.ts',
    before: '} as const satisfies Record<string, Dataset>;',
    put: `  odd: {
    equation: 'Eq. 5',
    answers: 1,
    writes: true,
    queue: 'accepted',
    decider: 'reviser',
    source: PreferenceSource.PREFERENCE_SOURCE_UNSPECIFIED,
    filters: ['tone'],
  },
`,
  },
  {file: 'runtime/datasets.ts', before: "  'empty',\n  'truncated',\n", put: "  'tone',\n"},
  {file: 'runtime/actors.ts', before: "'policy.temperature'", put: "'policy.maxPromptTokens', "},
];

/** The sources with edits; what is no source is not needed. */
const copyWith = (
  t: ExecutionContext,
  edits: readonly Edit[],
  files: readonly Addition['files'][],
): string => {
  const folder = temporaryFolder(t);
  for (const name of ['proto', 'runtime', 'actors', 'test'])
    cpSync(join(packageRoot, name), join(folder, name), {
      recursive: true,
      filter: (path) => !/\.[^./]*$/.test(path) || /\.(ts|m?js|json)$/.test(path),
    });
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(packageRoot, name), join(folder, name));
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
  for (const {file, before, put} of edits) {
    const text = readFileSync(join(folder, file), 'utf8');
    t.true(text.includes(before), `${file} has ${before}`);
    writeFileSync(
      join(folder, file),
      text.replace(before, () => put + before),
    );
  }
  for (const [path, text] of files.flatMap(Object.entries<string>)) {
    mkdirSync(dirname(join(folder, path)), {recursive: true});
    writeFileSync(join(folder, path), text);
  }
  return folder;
};

/** The files in which tsc finds what is wrong, each once. */
const wrongFilesIn = async (folder: string): Promise<string[]> => {
  const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc');
  // Several at once is what this file is: threads of its own, and a small heap, would cost the compiler half as much again.
  const args = [tsc, '--noEmit', '--pretty', 'false', '--singleThreaded'];
  const child = spawn(process.execPath, args, {cwd: folder, env: {...process.env, GOGC: '400'}});
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      said += String(data);
    });
  const [code] = await once(child, 'close');
  const wrong = [...said.matchAll(/^(\S+?)\(\d+,\d+\): error/gm)].map(([, file = '']) => file);
  if (code !== 0 && wrong.length === 0) throw new Error(said);
  return [...new Set(wrong)].toSorted();
};

const all: readonly Addition[] = Object.values(additions);

for (const [what, {rows, others, pages, mostFiles}] of Object.entries<Addition>(additions)) {
  test(`A new ${what} takes edits of ${mostFiles} of the files that are there, at most`, (t) => {
    const edited = new Set([...[...rows, ...others].map(({file}) => file), ...pages]);
    t.true(edited.size <= mostFiles, [...edited].join(', '));
  });
}

test('One of each compiles', async (t) => {
  t.timeout(COMPILE_LIMIT_MS);
  const edits = all.flatMap(({rows, others}) => [...rows, ...others]);
  const folder = copyWith(
    t,
    edits,
    all.map(({files}) => files),
  );
  t.deepEqual(await wrongFilesIn(folder), []);
});

test('Where only its row is added, what else it needs does not compile without', async (t) => {
  t.timeout(COMPILE_LIMIT_MS);
  const folder = copyWith(
    t,
    [...all.flatMap(({rows}) => rows), ...odd],
    // An executor is opened, and an actor has settings, by what is left out.
    [additions.suite.files, additions.objective.files],
  );
  const wrong = await wrongFilesIn(folder);
  for (const file of [
    'actors/filter/accept.ts',
    'actors/sampler/requests.ts',
    'runtime/fleet/control/spec.ts',
    'runtime/fleet/file/schema.ts',
    'runtime/tensor/open.ts',
    'test/helpers/objective-values.ts',
  ])
    t.true(wrong.includes(file), `${file} is not among ${wrong.join(', ')}`);
});
