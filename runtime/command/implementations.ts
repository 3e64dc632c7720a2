/** What each command is made of: loaded when one is typed. */
import type {Command} from 'commander';
import type {CommandName} from './commands.js';
import {compareCommand} from './compare/compare.js';
import {dataCommand} from './data/data.js';
import {doctorCommand} from './doctor.js';
import {evalCommand} from './eval/eval.js';
import {gridCommand} from './grid/grid.js';
import {reportCommand} from './observe/report.js';
import {statusCommand} from './observe/status.js';
import {watchCommand} from './observe/watch.js';
import {generateCommand} from './offline/generate.js';
import {logpsCommand} from './offline/logps.js';
import {mergeCommand} from './offline/merge.js';
import {trainCommand} from './offline/train/train.js';
import {pushCommand} from './push/push.js';
import {replayCommand} from './replay/replay.js';
import {rmCommand} from './rm.js';
import {startCommand} from './start.js';
import {checkpointCommand} from './steer/checkpoint.js';
import {objectiveCommand} from './steer/objective.js';
import {pauseCommand} from './steer/pause.js';
import {resumeCommand} from './steer/resume.js';
import {scaleCommand} from './steer/scale.js';
import {stopCommand} from './steer/stop.js';
import {upCommand} from './up/up.js';

export const implementations: Readonly<Record<CommandName, () => Command>> = {
  up: upCommand,
  data: dataCommand,
  start: startCommand,
  status: statusCommand,
  watch: watchCommand,
  objective: objectiveCommand,
  scale: scaleCommand,
  pause: pauseCommand,
  resume: resumeCommand,
  checkpoint: checkpointCommand,
  stop: stopCommand,
  report: reportCommand,
  rm: rmCommand,
  train: trainCommand,
  replay: replayCommand,
  compare: compareCommand,
  grid: gridCommand,
  logps: logpsCommand,
  generate: generateCommand,
  eval: evalCommand,
  merge: mergeCommand,
  push: pushCommand,
  doctor: doctorCommand,
};
