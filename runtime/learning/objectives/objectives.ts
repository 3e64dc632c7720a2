/** Wire name → objective, and what an expression of such names stands for. A new objective is its file and its line here. */
import * as tf from '@tensorflow/tfjs-core';
import {TerminalError} from '../../errors.js';
import {nearest} from '../../text/nearest.js';
import {aot} from './aot.js';
import {aotUnpaired} from './aot-unpaired.js';
import {apoDown} from './apo-down.js';
import {apoDownLc} from './apo-down-lc.js';
import {apoZero} from './apo-zero.js';
import {apoZeroLc} from './apo-zero-lc.js';
import {bcoPair} from './bco-pair.js';
import {cpo} from './cpo.js';
import {discopop} from './discopop.js';
import {dpo} from './dpo.js';
import {dpop} from './dpop.js';
import {exoPair} from './exo-pair.js';
import {parseExpression} from './expression.js';
import {hinge} from './hinge.js';
import {ipo} from './ipo.js';
import {ktoPair} from './kto-pair.js';
import {ncaPair} from './nca-pair.js';
import {type NamedObjective, type Objective, type PairBatch, settingOf} from './objective-contract.js';
import {orpo} from './orpo.js';
import {rdpo} from './rdpo.js';
import {robust} from './robust.js';
import {rangeComplaint, type SettingSpec} from './setting.js';
import {sft} from './sft.js';
import {sigmoidNorm} from './sigmoid-norm.js';
import {simpo} from './simpo.js';
import {sppoHard} from './sppo-hard.js';

export const objectives = {
  sft,
  dpo,
  kto_pair: ktoPair,
  apo_zero: apoZero,
  apo_down: apoDown,
  apo_zero_lc: apoZeroLc,
  apo_down_lc: apoDownLc,
  rdpo,
  hinge,
  ipo,
  exo_pair: exoPair,
  nca_pair: ncaPair,
  robust,
  bco_pair: bcoPair,
  sppo_hard: sppoHard,
  aot,
  aot_unpaired: aotUnpaired,
  discopop,
  sigmoid_norm: sigmoidNorm,
  simpo,
  orpo,
  cpo,
  dpop,
} as const satisfies Record<string, NamedObjective>;

export type ObjectiveName = keyof typeof objectives;
export const objectiveNames = Object.keys(objectives) as [ObjectiveName, ...ObjectiveName[]];
export const isObjectiveName = (name: string): name is ObjectiveName => Object.hasOwn(objectives, name);

/** The terms of an expression. Throws a `TerminalError` that says what is wrong with it and lists the names. */
export const termsOf = (expression: string): {readonly name: ObjectiveName; readonly weight: number}[] =>
  parseExpression(expression).map(({name, weight}) => {
    if (isObjectiveName(name)) return {name, weight};
    throw new TerminalError(
      `unknown objective "${name}"; ${hintFor(name)}one of ${objectiveNames.join(', ')}`,
    );
  });

/** TRL calls it by the function; we by the paper's name. */
function hintFor(name: string): string {
  if (name === 'sigmoid') return "TRL's sigmoid is dpo; ";
  const near = nearest(name.toLowerCase(), objectiveNames);
  return near === undefined ? '' : `did you mean ${near}? `;
}

const namesOf = (expression: string): ObjectiveName[] =>
  termsOf(expression)
    .map(({name}) => name)
    .toSorted();

/** Two expressions of the same terms, whose key this is, differ in scalars only: they share their graphs. */
export const graphKeyOf = (expression: string): string => namesOf(expression).join('+');

const definitionOf = (name: ObjectiveName): Objective => objectives[name];
const settingsOf = (name: ObjectiveName) => Object.entries(definitionOf(name).settings ?? {});

/**
 * The objective that an expression stands for: the sum of its terms, each times its weight. Its settings are the weights,
 * `<term>.weight`, and the terms' own, `<term>.<setting>`; `scalarsOf` gives their values. Throws as `termsOf` does.
 */
export function objectiveOf(expression: string): Objective {
  const names = namesOf(expression);
  const settings: Record<string, SettingSpec> = {};
  for (const name of names) {
    settings[`${name}.weight`] = {default: 1, above: 0, about: `the weight of ${name} in the sum`};
    for (const [setting, spec] of settingsOf(name)) settings[`${name}.${setting}`] = spec;
  }
  const weightedLosses = (name: ObjectiveName, batch: PairBatch): tf.Tensor1D => {
    const own = settingsOf(name).map(([setting]) => [setting, settingOf(batch, `${name}.${setting}`)]);
    const losses = definitionOf(name).losses({...batch, settings: Object.fromEntries(own)});
    return tf.mul(losses, settingOf(batch, `${name}.weight`));
  };
  return {
    losses: (batch) =>
      names.map((name) => weightedLosses(name, batch)).reduce((sum, losses) => tf.add(sum, losses)),
    settings,
    ...(names.some((name) => definitionOf(name).mixesPairs) ? {mixesPairs: true} : {}),
  };
}

/** What a user may set with an expression: each setting that a term reads, as every term that reads it has it. */
export function settingSpecsOf(expression: string): ReadonlyMap<string, readonly SettingSpec[]> {
  const specs = new Map<string, SettingSpec[]>();
  for (const [setting, spec] of termsOf(expression).flatMap(({name}) => settingsOf(name)))
    specs.set(setting, [...(specs.get(setting) ?? []), spec]);
  return specs;
}

/** What is wrong with a user's settings, by setting: one that no term reads, or a value out of a term's range. */
export function settingComplaints(
  expression: string,
  given: Readonly<Record<string, number>>,
): {readonly setting: string; readonly message: string}[] {
  const specs = settingSpecsOf(expression);
  return Object.entries(given).flatMap(([setting, value]) => {
    const read = specs.get(setting);
    if (read === undefined)
      return [{setting, message: unreadMessage(setting, expression, [...specs.keys()])}];
    const messages = read.flatMap((spec) => rangeComplaint(spec, value) ?? []);
    return messages.slice(0, 1).map((message) => ({setting, message}));
  });
}

function unreadMessage(setting: string, expression: string, known: readonly string[]): string {
  if (known.length === 0) return `unknown setting; ${expression} has none`;
  const near = nearest(setting, known);
  const remedy = near === undefined ? `${expression} reads ${known.join(', ')}` : `did you mean ${near}?`;
  return `unknown setting; ${remedy}`;
}

/**
 * The values of the settings of `objectiveOf(expression)`, inputs of every step: the weights of the expression, and for
 * each term what the user gave, or else its default. Throws a `TerminalError` as `settingComplaints` says.
 */
export function scalarsOf(
  expression: string,
  given: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const [complaint] = settingComplaints(expression, given);
  if (complaint !== undefined)
    throw new TerminalError(`objective setting ${complaint.setting}: ${complaint.message}`);
  const scalars: Record<string, number> = {};
  for (const {name, weight} of termsOf(expression)) {
    scalars[`${name}.weight`] = weight;
    for (const [setting, spec] of settingsOf(name))
      scalars[`${name}.${setting}`] = given[setting] ?? spec.default;
  }
  return scalars;
}
