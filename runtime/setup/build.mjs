/** `npm run build`: installs what is missing, compiles to dist/ and makes `npx anchorage` work in the checkout. */
import {requireSupportedNode} from './node-version.mjs';
import {packageJson} from './root.mjs';

requireSupportedNode(process.version, packageJson.engines.node);
const {install} = await import('./install.mjs');
const {compile} = await import('./compile.mjs');
process.exitCode = (await install()) || (await compile());
