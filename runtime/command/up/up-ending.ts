/** How the end of a run is told: its report or its reason, what takes it up again, and the exit code. */
import {join} from 'node:path';
import {parseAddress} from '../../bus/connection/address.js';
import {judgeLines} from '../../dashboard/judge-lines.js';
import {writeReport} from '../../dashboard/report.js';
import {messageOf} from '../../errors.js';
import {mostSteps} from '../../fleet/file/length.js';
import type {Fleet} from '../../fleet/file/schema.js';
import type {Progress} from '../../fleet/progress.js';
import type {RunFolder} from '../../fleet/run/run-folder.js';
import type {Ending} from '../../fleet/start-fleet.js';
import type {EndCounts} from '../../metrics/ends.js';
import {fewPairsLines} from '../../metrics/rejections.js';
import {complain, say} from '../../output.js';
import {ourCommand, shellWords} from '../../text/shell-words.js';
import {lostText} from './draining.js';
import type {UpOptions} from './up-options.js';

/** What an end is told of. */
export interface Ended {
  /** As it was typed; undefined for the demonstration. */
  readonly file: string | undefined;
  readonly fleet: Fleet;
  readonly options: UpOptions;
  readonly folder: RunFolder;
}

/** What became known at the end. */
export interface Known {
  /** How far training came; undefined where that is not known. */
  readonly progress: Progress | undefined;
  /** Of the newest checkpoint, 0 without one; undefined where that is not known. */
  readonly savedStep: number | undefined;
  /** What became of the prompts; undefined where that is not known. */
  readonly made: EndCounts | undefined;
  /** What went wrong while the run's files were brought to their end, a line each. */
  readonly faults: readonly string[];
}

/** Says how a run ended; resolves to the exit code. */
export type TellEnding = (ended: Ended, ending: Ending, known: Known) => Promise<number>;

/**
 * Writes the report and says how the run ended, whatever becomes of the report; resolves to the exit code: 1, too, for a
 * complete run whose files are not.
 */
export const tellEnding: TellEnding = async (
  {file, fleet, options, folder},
  ending,
  {progress, savedStep, made, faults},
) => {
  const again = againText(['up', ...(file === undefined ? [] : [file])], folder.run, options);
  const report = await writeReport(folder.path).catch((error) => ({fault: messageOf(error)}));
  const all = 'fault' in report ? [...faults, `no report was written: ${report.fault}`] : faults;
  for (const fault of all) complain(fault);
  switch (ending.kind) {
    case 'complete': {
      if (made !== undefined) for (const line of fewPairsLines(made, fleet.training)) say(line);
      if ('result' in report)
        for (const line of judgeLines(report.result, fleet.actors.judge?.orders)) say(line);
      if ('brief' in report) say(`${report.brief}\nreport: ${join(folder.path, 'report.html')}`);
      else say(`run ${folder.run} is complete; its checkpoints are in ${join(folder.path, 'checkpoints')}`);
      if (all.length > 0) say(`complete its files with: ${again}`);
      // Where it is not known how far training came, that is among the faults.
      const code =
        progress === undefined ? 1 : trainedEnough(folder, fleet, progress, options.serial === true);
      return all.length > 0 ? 1 : code;
    }
    case 'drained':
      say(`stopped after step ${progress?.step ?? 0}; nothing is left running; go on with: ${again}`);
      return options.actors ? tellLost(ending, progress?.step, savedStep) : 0;
    case 'failed':
      return tellFailed(folder, ending, again);
  }
};

/** @param again what takes the run up again. */
export const tellFailed = (
  {path}: RunFolder,
  {reason}: Extract<Ending, {kind: 'failed'}>,
  again: string,
): number => {
  say(`logs: ${join(path, 'logs')}; go on with: ${again}`);
  complain(reason);
  return 1;
};

/** The exit code of a drained run: one whose learner did not write its checkpoint has failed at that. */
const tellLost = (
  {lost}: Extract<Ending, {kind: 'drained'}>,
  step = 0,
  savedStep: number | undefined,
): number => {
  const isSaved = savedStep === undefined || step <= savedStep;
  if (isSaved && lost === undefined) return 0;
  const why = lost === undefined ? '' : ` (${lost})`;
  complain(
    `the last checkpoint was not written${why}: ${lostText({step, savedStep: savedStep ?? step})}; the same command takes it again`,
  );
  return 1;
};

/** The exit code of a complete run: one whose prompts all came to nothing has failed, whatever its report looks like. */
const trainedEnough = (
  {path}: RunFolder,
  fleet: Fleet,
  // Of a run that was told to stop earlier, its last step.
  {step: taken, steps}: Progress,
  serial: boolean,
): number => {
  if (taken === 0) {
    const why = `every prompt was rejected; ${join(path, 'rejections.jsonl')} says why, prompt by prompt`;
    complain(`nothing was trained: ${why}`);
    return 1;
  }
  if (taken < steps && steps === mostSteps(fleet))
    say(`every pair was trained on, in ${taken} steps; without rejected prompts it had been ${steps}`);
  else if (taken < steps && serial)
    say(`${taken} of ${steps} steps: --serial samples for each step once, and replaces no rejected pair`);
  else if (taken < steps)
    say(`the prompts ran out after ${taken} of ${steps} steps; give more, or lower training.steps`);
  return 0;
};

/**
 * What takes the run up again, to be pasted into a shell.
 *
 * @param words the command, and what of it is no option of every fleet's.
 */
export const againText = (words: readonly string[], run: string, options: UpOptions): string =>
  shellWords([
    ...ourCommand(),
    ...[...words, '--run', run],
    ...options.set.flatMap((each) => ['--set', each]),
    ...(options.nats === undefined ? [] : ['--nats', parseAddress(options.nats).shown]),
    ...(options.natsPort === undefined ? [] : ['--nats-port', String(options.natsPort)]),
    ...(options.actors ? [] : ['--no-actors']),
    ...(options.serial === true ? ['--serial'] : []),
  ]) + needed(options);

/** What that command is not shown with. */
const needed = ({nats}: UpOptions): string =>
  nats === undefined || parseAddress(nats).credentials === undefined
    ? ''
    : '   (and give the server’s credentials again)';
