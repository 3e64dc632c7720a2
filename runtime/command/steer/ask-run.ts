/** What the commands share that ask something of a run: the wait for its answer, and how it is told. */
import type {Command} from 'commander';
import type {RunCommand} from '../../../proto/messages.js';
import {TerminalError} from '../../errors.js';
import {askAndWait, type Outcome} from '../../fleet/control/outcome.js';
import {newestOf, withControls} from '../../fleet/control/run-objective.js';
import type {RunChoice} from '../../fleet/run/find-run.js';
import {say} from '../../output.js';
import {withRun, withRunOptions} from '../options/run-options.js';
import {positive} from '../options/values.js';

export interface SteeringChoice extends RunChoice {
  /** Seconds. */
  readonly timeout: number;
  /** False where the answer is not waited for. */
  readonly wait: boolean;
}

/** `--run`, `--nats`, and how long to wait. */
export const withSteeringOptions = (command: Command): Command =>
  withRunOptions(command)
    .option('--timeout <seconds>', 'how long to wait for the answers', positive, 60)
    .option('--no-wait', 'only ask; `anchorage objective log` shows the answers');

/** How long the answers are waited for; undefined where they are not. */
export const timeoutMsOf = ({timeout, wait}: SteeringChoice): number | undefined =>
  wait ? timeout * 1000 : undefined;

/**
 * What became of a change, in lines. Throws a `TerminalError` where it is refused, or somebody does not answer or cannot.
 *
 * Where the learner is in the middle of a long step, that is told, and is no failure: it decides after it.
 */
export const outcomeLines = (outcome: Outcome, {timeout}: Pick<SteeringChoice, 'timeout'>): string[] => {
  const {revision} = outcome;
  const later = `\`anchorage objective log\` shows what becomes of it`;
  switch (outcome.kind) {
    case 'asked':
      return [`asked for, as revision ${revision}`];
    case 'unchanged':
      return [`nothing changes: all of it is in force already, by revision ${revision}`];
    case 'undecided': {
      const {underWaySeconds} = outcome;
      if (underWaySeconds !== undefined)
        return [`it applies after the step under way (${seconds(underWaySeconds)} so far); ${later}`];
      throw new TerminalError(
        `revision ${revision}: the learner did not answer within ${timeout} s; ${later}`,
      );
    }
    case 'refused':
      throw new TerminalError(`revision ${revision} is refused: ${outcome.reason}`);
    case 'applied': {
      const {step, by, busy, failed, silent} = outcome;
      const complaints = [
        ...failed.map(({name, reason}) => `${name} goes on as before: ${reason}`),
        ...(silent.length === 0 ? [] : [`${silent.join(', ')} did not answer within ${timeout} s; ${later}`]),
      ];
      if (complaints.length > 0)
        throw new TerminalError(
          [`revision ${revision} is in force from step ${step} on, but not everywhere`, ...complaints].join(
            '\n',
          ),
        );
      return [
        `from step ${step} on: ${by.join(', ')}`,
        ...busy.map(
          ({name, atWorkSeconds = 0}) => `${name}: after what it is at (${seconds(atWorkSeconds)} so far)`,
        ),
      ];
    }
  }
};

const seconds = (value: number): string => `${Math.round(value)} s`;

/** The action of a command that asks for one thing; `told` says what came of it. */
export const runCommandAction = async (
  choice: SteeringChoice & {readonly afterStep?: number},
  command: RunCommand,
  told: (step: string) => string,
): Promise<void> =>
  withRun(choice, (bus) =>
    withControls(bus, async (controls) => {
      newestOf(bus, controls.heard);
      const wish = {command, step: choice.afterStep};
      const outcome = await askAndWait(bus, controls, wish, timeoutMsOf(choice));
      const lines = outcomeLines(outcome, choice);
      for (const line of outcome.kind === 'applied' ? [told(String(outcome.step))] : lines) say(line);
    }),
  );
