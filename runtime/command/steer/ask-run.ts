/** What the commands share that ask something of a run: the wait for its answer, and how it is told. */
import type {Command} from 'commander';
import {Answer, type RunCommand} from '../../../proto/messages.js';
import {steeredActors} from '../../actors.js';
import type {Bus} from '../../bus/bus.js';
import {messageOf, TerminalError} from '../../errors.js';
import {type Alive, aliveActors, awaitAnswers, nameOf} from '../../fleet/control/answers.js';
import {ask, type Controls, type Wish} from '../../fleet/control/controls.js';
import {newestOf, withControls} from '../../fleet/control/objective.js';
import type {Progress} from '../../fleet/progress.js';
import type {RunChoice} from '../../fleet/run/find-run.js';
import {say} from '../../output.js';
import {positive, withRun, withRunOptions} from '../options.js';

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

/** What came of what was asked. */
interface Told {
  /** Of a command: the step at which it was decided on; undefined where it was not yet. */
  readonly step?: number;
  readonly lines: readonly string[];
}

/**
 * Asks, and waits for the learner's decision; where a spec begins with the next step, for every actor that follows it too.
 * Throws a `TerminalError` where it is refused, or somebody does not answer or cannot.
 *
 * Where the learner is in the middle of a long step, that is told, and is no failure: it decides after it.
 */
export const askAndWait = async (
  bus: Bus,
  controls: Controls,
  wish: Wish,
  {timeout, wait}: SteeringChoice,
): Promise<Told> => {
  const progress = (await bus.control.get<Progress>('progress'))?.value;
  if (progress?.phase === 'complete')
    throw new TerminalError(`run ${bus.run} is complete, after step ${progress.step}`);
  const atOnce = 'spec' in wish && wish.step === undefined;
  const others = wait && atOnce ? (await aliveActors(bus, steeredActors)).map(({name}) => name) : [];
  const revision = await ask(bus, controls.heard, wish);
  if (!wait) return {lines: [`asked for, as revision ${revision}`]};
  const {decision, answers, missing} = await awaitAnswers(controls, revision, others, timeout * 1000).catch(
    (error: unknown) => {
      // A run that is stopped meanwhile, and its server with it.
      throw new TerminalError(
        `revision ${revision} is asked for, and decided on when the run goes on: ${messageOf(error)}`,
        {cause: error},
      );
    },
  );
  const later = `\`anchorage objective log\` shows what becomes of it`;
  // Whoever is at work answers when that is over.
  const atWork = (await aliveActors(bus, steeredActors)).filter(
    ({atWorkSeconds}) => atWorkSeconds !== undefined,
  );
  if (decision === undefined) {
    const learner = atWork.find(({name}) => name.startsWith('learner-'));
    if (learner === undefined)
      throw new TerminalError(
        `revision ${revision}: the learner did not answer within ${timeout} s; ${later}`,
      );
    return {lines: [`it applies after the step under way (${secondsOf(learner)} so far); ${later}`]};
  }
  if (!decision.accepted) throw new TerminalError(`revision ${revision} is refused: ${decision.reason}`);
  const failed = answers.filter(({answer}) => answer === Answer.ANSWER_FAILED);
  const busy = atWork.filter(({name}) => missing.includes(name));
  const silent = missing.filter((name) => !busy.some((each) => each.name === name));
  const complaints = [
    ...failed.map((answer) => `${nameOf(answer)} goes on as before: ${answer.reason}`),
    ...(silent.length === 0 ? [] : [`${silent.join(', ')} did not answer within ${timeout} s; ${later}`]),
  ];
  if (complaints.length > 0)
    throw new TerminalError(
      [
        `revision ${revision} is in force from step ${decision.step} on, but not everywhere`,
        ...complaints,
      ].join('\n'),
    );
  if (!('spec' in wish)) return {step: decision.step, lines: []};
  const who = ['learner', ...answers.map(nameOf)].join(', ');
  const after = busy.map((each) => `${each.name}: after what it is at (${secondsOf(each)} so far)`);
  return {lines: [`from step ${decision.step} on: ${who}`, ...after]};
};

const secondsOf = ({atWorkSeconds = 0}: Alive): string => `${Math.round(atWorkSeconds)} s`;

/** The action of a command that asks for one thing; `told` says what came of it. */
export const runCommandAction = async (
  choice: SteeringChoice & {readonly afterStep?: number},
  command: RunCommand,
  told: (step: string) => string,
): Promise<void> =>
  withRun(choice, (bus) =>
    withControls(bus, async (controls) => {
      newestOf(bus, controls.heard);
      const {step, lines} = await askAndWait(bus, controls, {command, step: choice.afterStep}, choice);
      for (const line of step === undefined ? lines : [told(String(step))]) say(line);
    }),
  );
