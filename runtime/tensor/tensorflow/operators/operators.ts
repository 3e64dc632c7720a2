/** TensorFlow.js kernel → TensorFlow operators, whose attributes a graph must spell out. */
import {elementwiseOperators} from './elementwise.js';
import {indexingOperators} from './indexing.js';
import {layoutOperators} from './layout.js';
import type {Operators} from './operator.js';
import {reductionOperators} from './reductions.js';

export const operators: Operators = {
  ...elementwiseOperators,
  ...reductionOperators,
  ...layoutOperators,
  ...indexingOperators,
};
