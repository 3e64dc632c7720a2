/**
 * The executors: every one there is, and what everybody else needs to know of it. What a row lacks does not compile. A new
 * executor is its file, its row here, and how it is opened in `open.ts`.
 */

export const devices = ['cpu', 'webgpu'] as const;
/** `webgpu` is a GPU of any vendor. */
export type Device = (typeof devices)[number];

/** Of training and scoring. */
export const precisions = ['float32', 'bfloat16'] as const;
/** Of sampling. */
export const samplingPrecisions = ['float32', 'int8'] as const;
/**
 * `bfloat16` rounds matrix products, operands and results, to it. `int8` multiplies by weights of 8 bits, each 32 along a row
 * with a scale of their own, and rounds what they are multiplied with in the same way; only weights that are built into a
 * program, so it is of sampling alone. Everything else stays in float32.
 */
export type Precision = (typeof precisions | typeof samplingPrecisions)[number];

export type Work = 'training' | 'decoding';

interface ExecutorRow {
  /** The precisions that it has on each device that it has. */
  readonly precisions: {readonly [D in Device]?: readonly Precision[]};
  /** Its place among those that `auto` tries, 1 first. */
  readonly place: {readonly [W in Work]: number};
  /** Why it is taken. */
  readonly why: string;
  /** What to do where it does not work. */
  readonly remedy: string;
  /** What a process takes before any weights: Node.js, the libraries, and the graphs; 1e6 bytes. */
  readonly processMegabytes: number;
}

/**
 * Places are by measurements on two cores at 0.4M to 10M parameters: TensorFlow's training step takes 0.75 of ONNX Runtime's
 * time and its short decoding steps as much or more, in 0.3 GB more memory and 0.3 s more to start.
 */
export const executors = {
  onnx: {
    precisions: {cpu: ['float32', 'int8'], webgpu: ['float32']},
    place: {training: 2, decoding: 1},
    why: 'ONNX Runtime runs whole recorded graphs and its native library is in its npm package',
    remedy: 'npm install onnxruntime-node on Linux (glibc), macOS arm64 or Windows',
    processMegabytes: 250,
  },
  tensorflow: {
    precisions: {cpu: ['float32', 'bfloat16']},
    place: {training: 1, decoding: 2},
    why: 'the TensorFlow library is built, and trains fastest',
    remedy: 'npm run tensorflow, in a checkout',
    processMegabytes: 550,
  },
  eager: {
    precisions: {cpu: ['float32']},
    place: {training: 3, decoding: 3},
    why: "TensorFlow.js's own JavaScript needs no native library, and is hundreds of times slower",
    remedy: 'npm install @tensorflow/tfjs-backend-cpu',
    processMegabytes: 250,
  },
} as const satisfies Record<string, ExecutorRow>;

/** Of ONNX Runtime. Larger states are fed: laid out for products they would take as much memory again. */
export const MOST_BUILT_IN_BYTES = 1.5 * 2 ** 30;

export type ExecutorName = keyof typeof executors;
export const executorNames = Object.keys(executors) as [ExecutorName, ...ExecutorName[]];

/** What `backend` may say. */
export const backendNames = ['auto', ...executorNames] as const;

/** Those that have a device, and a precision on it; on the CPU and float32 unless given. */
export const executorsWith = ({
  device = 'cpu',
  precision = 'float32',
}: {
  readonly device?: Device | undefined;
  readonly precision?: Precision | undefined;
}): readonly ExecutorName[] =>
  executorNames.filter((name) => {
    const {precisions}: ExecutorRow = executors[name];
    return precisions[device]?.includes(precision) === true;
  });

/** As `auto` tries them. */
export const inOrderFor = (work: Work): readonly ExecutorName[] =>
  executorNames.toSorted((one, other) => executors[one].place[work] - executors[other].place[work]);
