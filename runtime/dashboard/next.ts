/** What can be done with what a run left: commands to be pasted into a shell. Pure but for how commands are run here. */
import {relative} from 'node:path';
import type {Fleet} from '../fleet/file/schema.js';
import {nameOfFolder, pinnedBy} from '../hub/hub-name.js';
import {ourCommand, shellWords} from '../text/shell-words.js';
import type {CheckpointPlace, Summary} from './summary.js';

/** What each command does, and the command; none before there is a checkpoint of a step. */
export function nextCommands(
  {best_checkpoint: best, last_checkpoint: last}: Pick<Summary, 'best_checkpoint' | 'last_checkpoint'>,
  fleet: Fleet | undefined,
): [string, string][] {
  const place = best !== null && best.step > 0 ? best : last;
  if (place === null || place.step === 0 || fleet === undefined) return [];
  const {policy, training, prompts} = fleet;
  const model = here(policy.model);
  const isAdapter = training.lora !== undefined;
  const ours = (...words: string[]): string => shellWords([...ourCommand(), ...words]);
  const policyOptions = isAdapter
    ? ['--model', model, '--adapter', here(place.folder)]
    : ['--model', here(place.folder)];
  const asked = 'file' in prompts ? here(prompts.file) : 'prompts.jsonl';
  const generate = ours(
    'generate',
    ...policyOptions,
    ...(policy.format === 'plain' ? ['--plain'] : []),
    ...['--prompts', asked, '--out', 'answers.jsonl'],
  );
  const merge = ours('merge', ...policyOptions, '--out', 'merged', '--dtype', 'bfloat16');
  return [
    [`answers of ${nameOf(place, best)}`, generate],
    ...(isAdapter
      ? ([['a model to serve, the adapter added to its base', merge]] as [string, string][])
      : []),
  ];
}

const nameOf = (place: CheckpointPlace, best: CheckpointPlace | null): string =>
  `the ${place === best ? 'best' : 'last'} checkpoint`;

/** A path as it is typed in the working folder, where it lies in that. */
const here = (path: string): string => {
  if (pinnedBy(path) !== undefined) return nameOfFolder(path);
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : near;
};
