/** Writes the report shown in docs/recipes.md (`node docs/generate-recipes.ts`): what `checkHost` says of a hasty host. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { CreateHostToCheck } from '../properties/index.ts';
import { HostCheckError, checkHost, createStateSyncNode } from '../properties/index.ts';
import type { BlockStore } from '../src/node/ports.ts';

export const RECIPES_PAGE = new URL('recipes.md', import.meta.url);

/** A world in which it shows at once. The line says all there is to it, so the report only changes with what runs in it. */
const LINE =
  'seed=1 harshness=0 faultsMs=10000 nodes=node-0/own/0 peers=honest-0/own/1/0/20/ environment= ' +
  'network=20/20/100000/0/0/false chain=2/10000/0/false/everything config=blockBytesMax:1000';

const createHastyHost: CreateHostToCheck = (ports) => {
  const commit: BlockStore['commit'] = async (blocks, changes) => void ports.store.commit(blocks, changes);
  const store = new Proxy(ports.store, {
    get: (target, key) => (key === 'commit' ? commit : (Reflect.get(target, key) as unknown)),
  });
  return createStateSyncNode({ ...ports, store });
};

/** The code block after a marker of the page. */
export function blockAfter(
  page: string,
  marker: string,
): { readonly code: string; readonly from: number; readonly to: number } {
  const at = page.indexOf(`<!-- ${marker} -->`);
  const fence = /```\w+\n/.exec(page.slice(at));
  if (at < 0 || fence === null) throw new Error(`recipes.md has no code block after <!-- ${marker} -->`);
  const from = at + fence.index + fence[0].length;
  const to = page.indexOf('```', from);
  return { code: page.slice(from, to), from, to };
}

/** The page with the report as it is now. */
export async function recipesPage(page = readFileSync(RECIPES_PAGE, 'utf8')): Promise<string> {
  const { from, to } = blockAfter(page, 'report');
  return `${page.slice(0, from)}${await report()}\n${page.slice(to)}`;
}

async function report(): Promise<string> {
  try {
    await checkHost({ createHost: createHastyHost }, { replay: LINE, shrinkMs: 0 });
  } catch (error) {
    if (error instanceof HostCheckError) return error.message;
    throw error;
  }
  throw new Error('the hasty host passes');
}

if (import.meta.main) writeFileSync(RECIPES_PAGE, await recipesPage());
