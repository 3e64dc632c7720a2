/** The least fleet that is checked and complete: the demonstration's prompts, policy and teacher, trained by DPO. */
import {checkedFleet, demoPolicyFolder} from '../../runtime/fleet/file/load.js';
import type {Fleet, FleetInput} from '../../runtime/fleet/file/schema.js';

/** @param parts each in the place of the one of its name. */
export const demoFleet = (parts: Partial<FleetInput> = {}): Fleet =>
  checkedFleet('fleet', {
    prompts: {demo: true, count: 10},
    policy: {model: demoPolicyFolder},
    objective: {name: 'dpo', learningRate: 1e-5},
    training: {},
    endpoints: {teacher: {demo: true}},
    actors: {reviser: {endpoint: 'teacher', model: 'reviser'}},
    ...parts,
  });
