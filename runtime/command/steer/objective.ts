/** `anchorage objective`: what a run is steered by, its changes, and its past. */
import {Command} from 'commander';
import {changeable} from '../../actors.js';
import type {Bus} from '../../bus/bus.js';
import {TerminalError} from '../../errors.js';
import type {Controls} from '../../fleet/control/controls.js';
import {beginnings, inForceAt} from '../../fleet/control/decisions.js';
import {askAndWait, type Outcome} from '../../fleet/control/outcome.js';
import {newestOf, objectiveText, setObjective, withControls} from '../../fleet/control/run-objective.js';
import type {Fleet} from '../../fleet/file/schema.js';
import type {Progress} from '../../fleet/progress.js';
import type {RunChoice} from '../../fleet/run/find-run.js';
import type {NamedObjective, Objective} from '../../learning/objectives/objective-contract.js';
import {objectives} from '../../learning/objectives/objectives.js';
import {rangeText} from '../../learning/objectives/setting.js';
import {say} from '../../output.js';
import {withRun, withRunOptions} from '../options/run-options.js';
import {collect, collectSettings, number, wholeFrom} from '../options/values.js';
import {outcomeLines, type SteeringChoice, timeoutMsOf, withSteeringOptions} from './ask-run.js';
import {historyLines} from './history.js';

interface SetOptions extends SteeringChoice {
  readonly beta?: number;
  readonly learningRate?: number;
  readonly setting?: Readonly<Record<string, number>>;
  readonly set: readonly string[];
  readonly atStep?: number;
}
interface RollbackOptions extends SteeringChoice {
  readonly to?: number;
  readonly atStep?: number;
}

export const objectiveCommand = (): Command =>
  withRunOptions(new Command('objective'))
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage objective\n  anchorage objective set apo_down\n  anchorage objective set dpo --beta 0.5 --at-step 400\n  anchorage objective log\n  anchorage objective rollback',
    )
    .action((choice: RunChoice) =>
      withRun(choice, (bus) =>
        withControls(bus, async (controls) => {
          for (const line of await presentLines(bus, controls)) say(line);
        }),
      ),
    )
    .addCommand(setCommand().exitOverride())
    .addCommand(logCommand().exitOverride())
    .addCommand(rollbackCommand().exitOverride());

const setCommand = (): Command =>
  withSteeringOptions(new Command('set'))
    .description('change it between two steps; what is not named stays as it is')
    .argument('[name]', 'a name, or a weighted sum of several, such as apo_zero+0.1*sft')
    .option('--beta <number>', 'above 0', number)
    .option('--learning-rate <number>', 'the peak, before the schedule', number)
    .option('--setting <name=value>', 'a setting of the objective; may be given again', collectSettings)
    .option('--set <key=value>', 'a key of the fleet that may change; may be given again', collect, [])
    .option('--at-step <number>', 'the first step taken by it; the next one unless given', wholeFrom(1))
    .addHelpText(
      'after',
      `\nKeys of --set, and who works by them:\n${keysHelp()}\n
Objectives, and whose they are:\n${objectivesHelp()}\n\nSettings, with their defaults:\n${settingsHelp()}\n
Examples:
  anchorage objective set apo_down --beta 0.1 --learning-rate 1e-5
  anchorage objective set robust --setting label_smoothing=0.2
  anchorage objective set apo_zero+0.1*sft --at-step 400
  anchorage objective set --set policy.temperature=0.7 --set filter.maxLengthRatio=1.5`,
    )
    .action((name: string | undefined, _options: SetOptions, self: Command) => {
      // `--run` and `--nats` are options of `objective` too, which takes them wherever they stand.
      const options = self.optsWithGlobals<SetOptions>();
      const {beta, learningRate, setting: settings, set, atStep: step} = options;
      const change = {name, beta, learningRate, settings, set};
      return withRun(options, async (bus) => {
        const asked = await setObjective(bus, change, {step, timeoutMs: timeoutMsOf(options)});
        tell(asked, asked, options);
      });
    });

const rollbackCommand = (): Command =>
  withSteeringOptions(new Command('rollback'))
    .description('take the newest accepted change back; a second rollback brings it back')
    .option('--to <revision>', 'as it was with this revision instead', wholeFrom(1))
    .option('--at-step <number>', 'the first step taken by it; the next one unless given', wholeFrom(1))
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage objective rollback\n  anchorage objective rollback --to 1',
    )
    .action((_options: RollbackOptions, self: Command) => {
      const options = self.optsWithGlobals<RollbackOptions>();
      return withRun(options, (bus) =>
        withControls(bus, async (controls) => {
          const {heard} = controls;
          const newest = beginnings(heard).at(-1);
          if (newest === undefined || newest.revision === 1)
            throw new TerminalError(`run ${bus.run} has no change to take back`);
          const asked = heard.controls.find(({revision}) => revision === newest.revision);
          const to = options.to ?? asked?.previousRevision;
          const spec = heard.controls.find(({revision}) => revision === to)?.spec;
          if (typeof spec !== 'object')
            throw new TerminalError(
              `revision ${to} is no spec; \`anchorage objective log\` shows those that are`,
            );
          // One that has not begun is taken back at its own step: it then never does.
          const taken = (await bus.kv.get<Progress>('progress'))?.value.step ?? 0;
          const step = options.atStep ?? (newest.step > taken + 1 ? newest.step : undefined);
          const wish = {spec, previousRevision: newest.revision, step};
          const outcome = await askAndWait(bus, controls, wish, timeoutMsOf(options));
          tell(spec.objective, outcome, options);
        }),
      );
    });

const logCommand = (): Command =>
  new Command('log')
    .description('show all that was asked of a run, by whom, and what became of it')
    .addHelpText('after', '\nExample:\n  anchorage objective log')
    .action((_options: RunChoice, self: Command) =>
      withRun(self.optsWithGlobals<RunChoice>(), (bus) =>
        withControls(bus, async ({heard}) => {
          for (const line of historyLines(heard)) say(line);
        }),
      ),
    );

const tell = (objective: Fleet['objective'], outcome: Outcome, choice: SteeringChoice): void => {
  const lines = outcomeLines(outcome, choice);
  if (outcome.kind !== 'unchanged') say(lineOf(objective, outcome.revision));
  for (const line of lines) say(line);
};

/** What is in force, and what is still to come. */
const presentLines = async (bus: Bus, {heard}: Controls): Promise<string[]> => {
  newestOf(bus, heard);
  const next = ((await bus.kv.get<Progress>('progress'))?.value.step ?? 0) + 1;
  const inForce = inForceAt(heard, next);
  return [
    ...(inForce === undefined ? [] : [lineOf(inForce.spec.objective, inForce.revision)]),
    ...beginnings(heard).flatMap(({revision, spec, step}) =>
      step > next ? [`from step ${step} on: ${lineOf(spec.objective, revision)}`] : [],
    ),
    ...heard.controls.flatMap(({revision, spec}) =>
      revision > 1 && typeof spec === 'object' && !heard.decisions.has(revision)
        ? [`not yet answered: ${lineOf(spec.objective, revision)}`]
        : [],
    ),
  ];
};

/** A line for each key that may change. */
const keysHelp = (): string => changeable.map(({key, actor}) => `  ${key.padEnd(30)}${actor}`).join('\n');

/** A line for each objective. */
const objectivesHelp = (): string =>
  Object.entries<NamedObjective>(objectives)
    .map(([name, {about, source}]) => `  ${name.padEnd(14)}${about} (${source})`)
    .join('\n');

/** A line for each setting of each objective. */
const settingsHelp = (): string =>
  Object.entries<Objective>(objectives)
    .flatMap(([name, {settings = {}}]) =>
      Object.entries(settings).map(([setting, spec]) => {
        const key = `${name} ${setting}`.padEnd(30);
        return `  ${key}${String(spec.default).padEnd(7)}${rangeText(spec).padEnd(20)}${spec.about}`;
      }),
    )
    .join('\n');

const lineOf = (objective: Fleet['objective'], revision: number): string =>
  `${objectiveText(objective)}, learning rate ${objective.learningRate} (revision ${revision})`;
