/** `npm run build`: compiles to dist/ and makes `npx anchorage` work in the checkout. */
import {requireSupportedNode} from './node-version.mjs';
import {packageJson} from './root.mjs';

requireSupportedNode(process.version, packageJson.engines.node);
const {compile} = await import('./compile.mjs');
process.exitCode = await compile();
