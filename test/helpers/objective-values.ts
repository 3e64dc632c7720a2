/**
 * What every objective with its default settings gives at three points and how steep it may get: worked out from its equation
 * in float64, at β = 0.1; the slopes by autograd in PyTorch. An objective without a row does not compile.
 */
import type {ObjectiveName} from '../../runtime/learning/objectives/objectives.js';
import type {PairNumbers} from './pair-batch.js';

/** Where every run starts: the policy is the reference, so both rewards are 0. */
export const start: PairNumbers = {policy: [-10, -12], reference: [-10, -12], tokens: [5, 8]};
/** Log-ratios 1 and −0.5: rewards 0.1 and −0.05. */
export const better: PairNumbers = {policy: [-10, -12], reference: [-11, -11.5], tokens: [5, 8]};
/** Log-ratios −2 and 1: rewards −0.2 and 0.1. */
export const worse: PairNumbers = {policy: [-20, -9], reference: [-18, -10], tokens: [10, 4]};
export const points = {start, better, worse};

/** Loss, then its slopes in the policy's chosen and rejected log-probabilities. */
type Row = readonly [number, number, number];
type Rows = Readonly<Record<keyof typeof points, Row>> & {
  /** The steepest slope in a log-probability, of completions of 4 tokens and for log-ratios up to ±10,000. */
  readonly steepest: (beta: number) => number;
};

export const expected = {
  sft: {
    start: [2, -0.2, 0],
    better: [2, -0.2, 0],
    worse: [2, -0.1, 0],
    steepest: () => 1 / 4,
  },
  dpo: {
    start: [Math.LN2, -0.05, 0.05],
    better: [0.6209570478, -0.0462570155, 0.0462570155],
    worse: [0.8543552445, -0.0574442517, 0.0574442517],
    steepest: (beta) => beta,
  },
  kto_pair: {
    start: [-1, -0.025, 0.025],
    better: [-1.0374824318, -0.0249648767, 0.0249648767],
    worse: [-0.9251868152, -0.0247516573, 0.024937604],
    steepest: (beta) => beta / 4,
  },
  apo_zero: {
    start: [0, -0.025, 0.025],
    better: [-0.037476584, -0.024937604, 0.0249843815],
    worse: [0.0748131848, -0.0247516573, 0.024937604],
    steepest: (beta) => beta / 4,
  },
  apo_down: {
    start: [0, 0, 0.025],
    better: [-0.0124506579, 0.0000777034, 0.0248599007],
    worse: [0.0246085195, 0.0003058261, 0.0244458312],
    steepest: (beta) => beta / 4,
  },
  apo_zero_lc: {
    start: [0.0149988751, -0.0249943758, 0.0249943758],
    better: [-0.022492691, -0.0249694, 0.0249975002],
    worse: [0.044941612, -0.0248778991, 0.0249900027],
    steepest: (beta) => beta / 4,
  },
  apo_down_lc: {
    start: [0.0074960641, 0.0000168624, 0.0249775135],
    better: [-0.0049919671, 0.0000199567, 0.0249494433],
    worse: [0.0099359472, 0.0000793106, 0.0247985885],
    steepest: (beta) => beta / 4,
  },
  rdpo: {
    start: [0.7235971131, -0.0514995502, 0.0514995502],
    better: [0.649159339, -0.0477515175, 0.0477515175],
    worse: [0.7871917248, -0.0544878892, 0.0544878892],
    steepest: (beta) => beta,
  },
  hinge: {
    start: [1, -0.1, 0.1],
    better: [0.85, -0.1, 0.1],
    worse: [1.3, -0.1, 0.1],
    steepest: (beta) => beta,
  },
  ipo: {
    start: [25, -2, 1.25],
    better: [22.44390625, -1.895, 1.184375],
    worse: [29.7025, -1.09, 2.725],
    steepest: (beta) => (2 / 4) * ((2 * 1e4) / 4 + 0.5 / beta),
  },
  exo_pair: {
    start: [2.7612307091, -0.1726688695, 0.1726688695],
    better: [2.5055165555, -0.1679722526, 0.1679722526],
    worse: [3.286511609, -0.1761751106, 0.1761751106],
    steepest: (beta) => beta * (Math.log(0.999 / 0.001) / 4 + 1 / 4),
  },
  nca_pair: {
    start: [2 * Math.LN2, -0.025, 0.025],
    better: [1.3508248141, -0.0212531219, 0.0243751302],
    worse: [1.4694066341, -0.0324750996, 0.0262489594],
    steepest: (beta) => beta,
  },
  robust: {
    start: [Math.LN2, -0.0625, 0.0625],
    better: [0.6022070478, -0.0587570155, 0.0587570155],
    worse: [0.8918552445, -0.0699442517, 0.0699442517],
    steepest: (beta) => (beta * 0.9) / 0.8,
  },
  bco_pair: {
    start: [2 * Math.LN2, -0.05, 0.05],
    better: [1.3128563081, -0.0475020813, 0.0487502604],
    worse: [1.5425355295, -0.0549833997, 0.0524979187],
    steepest: (beta) => beta,
  },
  sppo_hard: {
    start: [50, -10, 10],
    better: [36.25, -8, 9],
    worse: [85, -14, 12],
    steepest: (beta) => 2 * (1e4 + 0.5 / beta),
  },
  aot: {
    start: [Math.LN2, -0.05, 0.05],
    better: [0.6209570478, -0.0462570155, 0.0462570155],
    worse: [0.8543552445, -0.0574442517, 0.0574442517],
    steepest: (beta) => beta,
  },
  aot_unpaired: {
    start: [Math.LN2, -0.05, 0.05],
    better: [0.6209570478, -0.0462570155, 0.0462570155],
    worse: [0.8543552445, -0.0574442517, 0.0574442517],
    steepest: (beta) => beta,
  },
  discopop: {
    start: [0.8465735903, 0.0784264097, -0.0784264097],
    better: [0.8493375793, -0.062520302, 0.062520302],
    worse: [0.8555804381, -0.0551916546, 0.0551916546],
    steepest: (beta) => beta / 0.05,
  },
  sigmoid_norm: {
    start: [Math.LN2, -0.01, 0.00625],
    better: [0.6801083109, -0.0098687575, 0.0061679735],
    worse: [0.7159002842, -0.005112481, 0.0127812025],
    steepest: (beta) => beta / 4,
  },
  simpo: {
    start: [1.0054924815, -0.0126827118, 0.0079266949],
    better: [1.0054924815, -0.0126827118, 0.0079266949],
    worse: [0.9585890879, -0.006165665, 0.0154141626],
    steepest: (beta) => beta / 4,
  },
  orpo: {
    start: [2.1042057808, -0.2149716277, 0.0104147419],
    better: [2.1042057808, -0.2149716277, 0.0104147419],
    worse: [2.0561180132, -0.1049668343, 0.0120015724],
    steepest: (beta) => 1 / 4 + (beta * 1e6) / 4,
  },
  cpo: {
    start: [2.5981388694, -0.2450166003, 0.0450166003],
    better: [2.5981388694, -0.2450166003, 0.0450166003],
    worse: [3.3873353251, -0.1750260106, 0.0750260106],
    steepest: (beta) => beta + 1 / 4,
  },
  dpop: {
    start: [Math.LN2, -0.05, 0.05],
    better: [0.6209570478, -0.0462570155, 0.0462570155],
    worse: [10.3000336325, -5.099828477, 0.0999966368],
    steepest: (beta) => beta * (1 + 50),
  },
} satisfies Record<ObjectiveName, Rows>;
