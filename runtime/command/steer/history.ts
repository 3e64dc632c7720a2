/** All that was asked of a run and what became of it, in lines for a person: `anchorage objective log`. Pure. */
import {Answer, RunCommand} from '../../../proto/messages.js';
import {nameOf} from '../../fleet/control/acknowledgements.js';
import type {Heard} from '../../fleet/control/controls.js';
import type {LoggedControl} from '../../fleet/control/decisions.js';
import {objectiveText} from '../../fleet/control/run-objective.js';
import {differencesOf, type RunSpec} from '../../fleet/control/spec.js';

/** One line for each revision; under it, who could not work by it. */
export const historyLines = (heard: Heard): string[] =>
  heard.controls.flatMap((asked) => [
    [
      String(asked.revision).padStart(3),
      new Date(asked.timeUnixMs).toISOString().slice(0, 19),
      asked.author,
      `${wishOf(asked, heard)}: ${fateOf(asked, heard)}`,
    ].join('  '),
    ...(asked.evidence === undefined ? [] : [`     since ${asked.evidence}`]),
    ...heard.acknowledgements.flatMap((each) =>
      each.revision === asked.revision && each.answer === Answer.ANSWER_FAILED
        ? [`     ${nameOf(each)} went on as before: ${each.reason}`]
        : [],
    ),
  ]);

const wishOf = (
  {spec, command, previousRevision, namesObjective}: LoggedControl,
  {controls}: Heard,
): string => {
  if (spec === undefined)
    return (RunCommand[command] ?? String(command)).replace('RUN_COMMAND_', '').toLowerCase();
  if (typeof spec === 'string') return 'a spec that is not valid';
  const before = controls.find(({revision}) => revision === previousRevision)?.spec;
  if (typeof before !== 'object') return beginningOf(spec);
  const unchanged = namesObjective ? `${spec.objective.name} by name` : 'nothing new';
  return differencesOf(before, spec).join(', ') || unchanged;
};

const beginningOf = ({objective}: RunSpec): string =>
  `${objectiveText(objective)}, learning rate ${objective.learningRate}`;

const fateOf = ({revision, spec}: LoggedControl, {decisions, acknowledgements}: Heard): string => {
  if (revision === 1) return 'from step 1 on';
  const decision = decisions.get(revision);
  if (decision === undefined) return 'not yet answered';
  if (!decision.accepted) return `refused: ${decision.reason}`;
  if (spec === undefined) return `after step ${decision.step}`;
  const applied = acknowledgements.filter(
    (each) => each.revision === revision && each.answer === Answer.ANSWER_APPLIED,
  );
  return `from step ${decision.step} on (${['learner', ...applied.map(nameOf)].join(', ')})`;
};
