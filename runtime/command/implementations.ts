/** What each command is made of: loaded when that one is typed, for each stands on another part of the whole. */
import type {Command} from 'commander';
import type {CommandName} from './commands.js';

export const implementations: Readonly<Record<CommandName, () => Promise<Command>>> = {
  up: async () => (await import('./up/up.js')).upCommand(),
  data: async () => (await import('./data/data.js')).dataCommand(),
  start: async () => (await import('./start.js')).startCommand(),
  status: async () => (await import('./observe/status.js')).statusCommand(),
  watch: async () => (await import('./observe/watch.js')).watchCommand(),
  objective: async () => (await import('./steer/objective.js')).objectiveCommand(),
  scale: async () => (await import('./steer/scale.js')).scaleCommand(),
  pause: async () => (await import('./steer/pause.js')).pauseCommand(),
  resume: async () => (await import('./steer/resume.js')).resumeCommand(),
  checkpoint: async () => (await import('./steer/checkpoint.js')).checkpointCommand(),
  stop: async () => (await import('./steer/stop.js')).stopCommand(),
  report: async () => (await import('./observe/report.js')).reportCommand(),
  rm: async () => (await import('./rm.js')).rmCommand(),
  train: async () => (await import('./offline/train/train.js')).trainCommand(),
  replay: async () => (await import('./replay/replay.js')).replayCommand(),
  compare: async () => (await import('./compare/compare.js')).compareCommand(),
  grid: async () => (await import('./grid/grid.js')).gridCommand(),
  logps: async () => (await import('./offline/logps.js')).logpsCommand(),
  generate: async () => (await import('./offline/generate.js')).generateCommand(),
  eval: async () => (await import('./eval/eval.js')).evalCommand(),
  merge: async () => (await import('./offline/merge.js')).mergeCommand(),
  push: async () => (await import('./push/push.js')).pushCommand(),
  doctor: async () => (await import('./doctor.js')).doctorCommand(),
};
