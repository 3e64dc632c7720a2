/** What is wrong with the files and options of the commands without a fleet, said in one line and with a code that is not 0. */
import {mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {goldenPath} from '../../../helpers/goldens.js';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {typed} from '../../../helpers/typed.js';

const model = goldenPath('llama');
const pairs = goldenPath('pairs.jsonl');
/** The user's. */
const cache = mkdtempSync(join(tmpdir(), 'anchorage-test-'));
test.after.always(() => rmSync(cache, {recursive: true, force: true}));

/** A folder with files that are broken in one way each. */
const workFolder = (t: ExecutionContext): string => {
  const folder = temporaryFolder(t);
  const files = {
    'broken.jsonl': '{"prompt": "a", "chosen": "b", "rejected": "c"}\n{"prompt": \n',
    'unpaired.jsonl': '{"prompt": "a", "completion": "b", "label": true}\n',
    'empty.jsonl': '\n',
    'turns.jsonl': '{"prompt": [{"role": "user", "content": "a"}], "chosen": "b", "rejected": "c"}\n',
    'answered.jsonl': '{"prompt": [{"role": "assistant", "content": "a"}]}\n',
    'blank.jsonl': '{"prompt": "a"}\n{"prompt": ""}\n',
    'latin1.jsonl': Buffer.from('{"prompt": "caf\u00e9", "chosen": "b", "rejected": "c"}\n', 'latin1'),
    'a-file': '',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'taken'));
  // As a name on the Hub is written.
  symlinkSync('loop', join(folder, 'taken/loop'));
  writeFileSync(join(folder, 'taken/config.json'), '{}');
  return folder;
};

const train = ['train', '--model', model, '--pairs', pairs, '--objective', 'dpo', '--out', 'out'];
const without = (option: string): string[] =>
  train.filter((_, at) => train[at] !== option && train[at - 1] !== option);
const instead = (option: string, value: string): string[] => [...without(option), option, value];

const wrong: Record<string, readonly [args: readonly string[], line: RegExp]> = {
  'no model': [without('--model'), /required option '--model <folder>'/],
  'a model that is not there': [
    instead('--model', 'nowhere'),
    /^nowhere\/config\.json is not there; give a Hugging Face folder with config\.json, /,
  ],
  'an objective that is not there': [instead('--objective', 'dop'), /^--objective dop: .*apo_zero/],
  'a beta of 0': [
    [...train, '--beta', '0'],
    /option '--beta <number>' argument '0' is invalid. It is a number above 0/,
  ],
  'a rate that is no number': [
    [...train, '--learning-rate', 'fast'],
    /--learning-rate.*'fast' is invalid. It is a number/,
  ],
  'a batch of none': [[...train, '--batch', '0'], /--batch.*It is a whole number from 1/],
  'a seed of nothing': [[...train, '--seed', ''], /--seed.*It is a whole number from 0/],
  'a seed below 0': [[...train, '--seed', '-1'], /--seed.*It is a whole number from 0/],
  'a warm-up between whole steps': [[...train, '--warmup', '1.5'], /--warmup.*or a share of them/],
  'a warm-up over all steps': [
    [...train, '--steps', '4', '--warmup', '4'],
    /^--warmup 4: leaves none of the 4 steps; lower it$/,
  ],
  'epochs and steps': [
    [...train, '--epochs', '2', '--steps', '3'],
    /option '--epochs <number>' cannot be used with option '--steps <number>'/,
  ],
  'chat and plain': [[...train, '--chat', '--plain'], /option '--chat' cannot be used with option '--plain'/],
  'a new adapter and an old one': [
    [...train, '--lora', '8', '--init-adapter', 'x'],
    /'--lora <rank>' cannot be used with option '--init-adapter/,
  ],
  'an alpha without an adapter': [[...train, '--lora-alpha', '8'], /^--lora-alpha: of a new adapter only; /],
  'a micro-batch above the batch': [
    [...train, '--batch', '4', '--micro-batch', '8'],
    /^--micro-batch 8: more than --batch 4; lower it$/,
  ],
  'a memory of no size': [
    [...train, '--memory', 'lots'],
    /'--memory <size>' argument 'lots' is invalid\. It is a number with MB/,
  ],
  'a setting that is none': [[...train, '--setting', 'gamma'], /--setting.*It is name=value/],
  'a setting that the objective does not read': [
    [...train, '--setting', 'label_smoothing=0.1'],
    /^--setting label_smoothing: unknown setting; dpo has none$/,
  ],
  'an adapter that is not there': [
    [...train, '--init-adapter', 'nowhere'],
    /^nowhere\/adapter_config\.json: no such file/,
  ],
  'layers that are not there': [
    [...train, '--lora', '4', '--lora-targets', 'c_attn'],
    /^--lora-targets: .*"c_attn" is no linear layer/,
  ],
  'bfloat16 where it is not had': [
    [...train, '--backend', 'onnx', '--precision', 'bfloat16'],
    /^precision bfloat16 is of backend tensorflow only/,
  ],
  'an objective that is nearly one': [
    instead('--objective', 'APO_ZRO'),
    /^--objective APO_ZRO: unknown objective "APO_ZRO"; did you mean apo_zero\? one of /,
  ],
  'metrics over the pairs': [
    [...train, '--metrics', pairs],
    /^--metrics .*pairs\.jsonl: is the file of --pairs, and would be lost; give another$/,
  ],
  'log-probabilities over the pairs': [
    ['logps', '--model', model, '--pairs', pairs, '--out', pairs],
    /^--out .*pairs\.jsonl: is the file of --pairs, and would be lost; give another$/,
  ],
  'limits beyond the model’s positions': [
    [...train, '--max-prompt-tokens', '4000'],
    /^token limits: 4000 for prompts and 512 for completions are over the model's 1024 positions .*lower --max-prompt-tokens/,
  ],
  'bytes that are no text': [
    instead('--pairs', 'latin1.jsonl'),
    /^latin1\.jsonl:1: holds bytes that are not UTF-8; convert the file$/,
  ],
  'an optimizer that is not there': [
    [...train, '--optimizer', 'lion'],
    /Allowed choices are rmsprop, adamw, sgd/,
  ],
  'a backend that is not there': [[...train, '--backend', 'cuda'], /Allowed choices are auto, onnx/],
  'an output that holds a model': [
    instead('--out', 'taken'),
    /^--out taken: holds a model already \(config\.json\); give another folder, move it away, or go on with --resume$/,
  ],
  'an output that is a file': [
    instead('--out', 'a-file'),
    /^--out a-file: .*; give a folder that can be made$/,
  ],
  'pairs that are not there': [instead('--pairs', 'none.jsonl'), /^none\.jsonl: no such file$/],
  'a pairs file with a broken line': [
    instead('--pairs', 'broken.jsonl'),
    /^broken\.jsonl:2: not JSON; each line is an object such as \{"prompt"/,
  ],
  'pairs that are no pairs': [instead('--pairs', 'unpaired.jsonl'), /^unpaired\.jsonl:1: chosen: missing; /],
  'a pairs file without a pair': [instead('--pairs', 'empty.jsonl'), /^empty\.jsonl: holds no pairs; /],
  'messages without the template': [
    [...instead('--pairs', 'turns.jsonl'), '--plain'],
    /^turns\.jsonl:1: holds messages, which need the chat template: do without plain/,
  ],
  'a limit of no tokens': [
    [...instead('--pairs', 'turns.jsonl'), '--max-prompt-tokens', '0'],
    /--max-prompt-tokens.*It is a whole number from 1/,
  ],
  'a cache that cannot be': [
    [...train, '--cache', 'a-file'],
    /^a-file\/.*; give a folder that can be written with --cache$/,
  ],
  'log-probabilities without an output': [
    ['logps', '--model', model, '--pairs', pairs],
    /required option '--out <file>'/,
  ],
  'log-probabilities into no folder': [
    ['logps', '--model', model, '--pairs', pairs, '--out', 'no/such/folder.jsonl'],
    /^--out no\/such\/folder\.jsonl: .*; give a file in a folder that is there$/,
  ],
  'log-probabilities into a folder': [
    ['logps', '--model', model, '--pairs', pairs, '--out', 'taken'],
    /^--out taken: is a folder; give a file$/,
  ],
  'log-probabilities over what is there, before a model is loaded': [
    ['logps', '--model', 'nowhere', '--pairs', pairs, '--out', 'a-file'],
    /^--out a-file: is there already; give another file, or --force to replace it$/,
  ],
  'answers over what is there, before a model is loaded': [
    ['generate', '--model', 'nowhere', '--prompts', pairs, '--out', 'a-file'],
    /^--out a-file: is there already; give another file, or --force to replace it$/,
  ],
  'pairs that are not there, before a model is loaded': [
    ['train', '--model', 'nowhere', '--pairs', 'absent.jsonl', '--objective', 'dpo', '--out', 'o'],
    /^absent\.jsonl: no such file$/,
  ],
  'pairs to score that are not there, before a model is loaded': [
    ['logps', '--model', 'nowhere', '--pairs', 'absent.jsonl', '--out', 'o'],
    /^absent\.jsonl: no such file$/,
  ],
  'pairs behind a link that leads back to itself': [
    ['logps', '--model', 'nowhere', '--pairs', 'taken/loop', '--out', 'o'],
    /^taken\/loop: ELOOP: too many symbolic links encountered, stat 'taken\/loop'$/,
  ],
  'prompts that are not there, before a model is loaded': [
    ['generate', '--model', 'nowhere', '--prompts', 'absent.jsonl', '--out', 'o'],
    /^absent\.jsonl: no such file$/,
  ],
  'prompts that are blank': [
    ['generate', '--model', model, '--prompts', 'blank.jsonl', '--out', 'o'],
    /^blank\.jsonl:2: prompt: empty; leave the line out$/,
  ],
  'prompts that are answered': [
    ['generate', '--model', model, '--prompts', 'answered.jsonl', '--out', 'o'],
    /^answered\.jsonl:1: prompt: ends with an answer; end it with what is to be answered$/,
  ],
  'a temperature below 0': [
    ['generate', '--model', model, '--prompts', pairs, '--out', 'o', '--temperature', '-1'],
    /--temperature.*It is a number from 0/,
  ],
  'a top-p above 1': [
    ['generate', '--model', model, '--prompts', pairs, '--out', 'o', '--top-p', '1.5'],
    /--top-p.*It is a number above 0 and at most 1/,
  ],
};

for (const [title, [args, line]] of Object.entries(wrong)) {
  test(title, async (t) => {
    const cwd = workFolder(t);
    const {code, stderr} = await typed(args, {cwd, env: {XDG_CACHE_HOME: cache}});
    t.is(code, 1);
    t.is(stderr.split('\n').length, 2, stderr);
    t.regex(stderr.trimEnd(), line);
    // Whatever was begun is not taken for a result.
    t.false(readdirSync(cwd).some((name) => ['o', 'out'].includes(name) || name.endsWith('.partial')));
  });
}
