/**
 * `node --import loaded-packages.ts ...` writes the names of the packages and built-in modules that were loaded, as a
 * JSON array, on the last line of stdout.
 */
import { registerHooks } from 'node:module';

const loaded = new Set<string>();

registerHooks({
  load(url, context, nextLoad) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
    if (name !== undefined) loaded.add(name);
    else if (url.startsWith('node:')) loaded.add(url);
    return nextLoad(url, context);
  },
});

process.on('exit', () => {
  process.stdout.write(`\n${JSON.stringify([...loaded].sort())}\n`);
});
