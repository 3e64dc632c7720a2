/** The files that a grid's table is written as. A new format is its file and its line here. */
import type {GridReport} from '../grid-report.js';
import {csvTable} from './csv.js';
import {htmlTable} from './html.js';
import {jsonTable} from './json.js';
import {latexTable} from './latex.js';
import {markdownTable} from './markdown.js';
import {textTable} from './text.js';

/** By the ending of the file's name. */
export const tableFormats = {
  txt: textTable,
  md: markdownTable,
  csv: csvTable,
  tex: latexTable,
  json: jsonTable,
  html: htmlTable,
} as const satisfies Record<string, (report: GridReport) => string>;
