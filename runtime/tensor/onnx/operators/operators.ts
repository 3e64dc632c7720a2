/**
 * TensorFlow.js kernel → ONNX operators, opset 18 and com.microsoft 1. Where ONNX has no such operator, the same value is
 * composed of those it has.
 */
import {elementwiseOperators} from './elementwise.js';
import {fusedOperatorsByName} from './fused.js';
import {indexingOperators} from './indexing.js';
import {layoutOperators} from './layout.js';
import type {Operators} from './operator.js';
import {reductionOperators} from './reductions.js';

export const operators: Operators = {
  ...elementwiseOperators,
  ...reductionOperators,
  ...layoutOperators,
  ...indexingOperators,
  ...fusedOperatorsByName,
};
