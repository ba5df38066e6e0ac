import type { Relay } from '../../stately/index.ts';
import { loadStately, startRelay } from '../../stately/index.ts';
import { ensurePage } from '../inspect/ensure-page.ts';
import { castOf } from './cast.ts';
import type { View } from './events.ts';
import { DemoInspection } from './inspection.ts';
import type { DemoOptions } from './options.ts';

/** Who looks on at the demo; each only when asked for. */
export interface DemoOnlookers {
  readonly inspection: DemoInspection | null;
  /** Passes on to Stately's inspector what the members tell. */
  readonly stately: Relay | null;
}

/** @throws StateSyncError ADDRESS_IN_USE, DEPENDENCY_MISSING, PAGE_MISSING, TRANSPORT_FAILED */
export async function startOnlookers(options: DemoOptions, view: View): Promise<DemoOnlookers> {
  const stately = await startStately(options);
  if (stately !== null) view.show({ type: 'stately', url: stately.url });
  try {
    const inspection = await startInspection(options);
    if (inspection !== null) view.show({ type: 'inspector', url: inspection.url });
    return { inspection, stately };
  } catch (error) {
    await stately?.close();
    throw error;
  }
}

async function startStately({ stately }: DemoOptions): Promise<Relay | null> {
  if (stately === undefined) return null;
  await loadStately();
  return stately === true ? startRelay() : startRelay(stately.host, stately.port);
}

async function startInspection(options: DemoOptions): Promise<DemoInspection | null> {
  if (options.inspect === undefined) return null;
  await ensurePage();
  return DemoInspection.start(castOf(options), options.inspect);
}
