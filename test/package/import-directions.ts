import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import readCruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import readTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ROOMS = ['machines', 'src', 'properties'];

export interface ImportReport {
  /** How many of the rooms' files were looked at. */
  readonly modules: number;
  /** One line each: `rule: from -> to`. */
  readonly violations: readonly string[];
}

/**
 * Holds the imports of the tree at `root` against `.dependency-cruiser.js` of this package.
 * @throws Error when not every file of the rooms was looked at, since a tool that sees nothing finds nothing wrong
 */
export async function reportImports(root: string): Promise<ImportReport> {
  const onDisk = globSync(
    ROOMS.map((room) => `${room}/**/*.ts`),
    { cwd: root },
  );
  if (onDisk.length === 0) throw new Error(`no file of ${ROOMS.join(', ')} in ${root}`);
  const options = await readCruiseOptions(join(PACKAGE_ROOT, '.dependency-cruiser.js'));
  const { output } = await cruise(
    ROOMS,
    { ...options, baseDir: root, validate: true },
    {},
    { tsConfig: readTsConfig(join(PACKAGE_ROOT, 'tsconfig.json')) },
  );
  if (typeof output === 'string') throw new Error(`dependency-cruiser gave text instead of a result: ${output}`);
  const seen = new Set(output.modules.map((module) => module.source));
  const missed = onDisk.filter((file) => !seen.has(file));
  if (missed.length > 0) throw new Error(`the import check did not see ${missed.join(', ')}`);
  return {
    modules: onDisk.length,
    violations: output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  };
}
