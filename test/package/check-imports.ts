/** `npm run check:imports`: imports go the one way that `.dependency-cruiser.js` states. */
import { PACKAGE_ROOT, reportImports } from './import-directions.ts';

/** Fewer files than this and something is wrong with the check, not right with the imports. */
const MODULES_MIN = 100;

const { modules, violations } = await reportImports(PACKAGE_ROOT);
for (const violation of violations) console.error(violation);
if (modules < MODULES_MIN) console.error(`only ${modules} files were found, at least ${MODULES_MIN} were expected`);
else if (violations.length === 0) console.log(`imports of ${modules} files go one way`);
process.exitCode = violations.length === 0 && modules >= MODULES_MIN ? 0 : 1;
