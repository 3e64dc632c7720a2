/**
 * What each TensorFlow.js kernel looks like in a graph: its shape and type, and its attributes normalized. A kernel that
 * is not in this table cannot be recorded.
 */
import {elementwiseKernels} from './elementwise.js';
import {indexingKernels} from './indexing.js';
import type {Kernels} from './kernel.js';
import {layoutKernels} from './layout.js';
import {reductionKernels} from './reductions.js';

export const kernels: Kernels = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...layoutKernels,
  ...indexingKernels,
};

/** Kernels whose result is a list of tensors, however many there are. */
export const listKernels: ReadonlySet<string> = new Set(['SplitV', 'TopK', 'Unpack']);
