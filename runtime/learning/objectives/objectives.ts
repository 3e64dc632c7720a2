/** Wire name → objective. A new objective is its file and its line here. */

import {apoDown} from './apo-down.js';
import {apoZero} from './apo-zero.js';
import {dpo} from './dpo.js';
import {ktoPair} from './kto-pair.js';
import type {Objective} from './objective.js';
import {sft} from './sft.js';

export const objectives = {
  sft,
  dpo,
  kto_pair: ktoPair,
  apo_zero: apoZero,
  apo_down: apoDown,
} as const satisfies Record<string, Objective>;

export type ObjectiveName = keyof typeof objectives;
export const objectiveNames = Object.keys(objectives) as [ObjectiveName, ...ObjectiveName[]];
export const isObjectiveName = (name: string): name is ObjectiveName => Object.hasOwn(objectives, name);
