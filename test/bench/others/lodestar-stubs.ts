import { registerHooks } from 'node:module';

/**
 * Lodestar's range sync imports names (enums, type guards) from all over its node, and with them native modules and
 * packages. Those names are stood in for here; the engine itself, that is everything in sync/range, runs as published.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  '@lodestar/state-transition': `
    export const computeStartSlotAtEpoch = (epoch) => epoch * 32;
    export const computeEpochAtSlot = (slot) => Math.floor(slot / 32);`,
  '@lodestar/reqresp': `
    export class RequestError extends Error {}
    export const RequestErrorCode = {};`,
  'chain/blocks/blockInput/blockInput.js': `
    export const isBlockInputBlobs = () => false;
    export const isBlockInputColumns = () => false;`,
  'chain/blocks/blockInput/utils.js': `export const isDaOutOfRange = () => true;`,
  'chain/blocks/blockInput/errors.js': `export const BlockInputErrorCode = {};`,
  'chain/errors/blobSidecarError.js': `export const BlobSidecarErrorCode = {};`,
  'chain/errors/dataColumnSidecarError.js': `export const DataColumnSidecarErrorCode = {};`,
  'chain/errors/index.js': `
    export class BlockError extends Error {}
    export const BlockErrorCode = {};`,
  'network/index.js': `
    export const PeerAction = {};
    export const prettyPrintPeerIdStr = (id) => id;`,
  'utils/downloadByRange.js': `export const DownloadByRangeErrorCode = {};`,
};

/** Imports the module with those stand-ins; afterwards modules are resolved as ever. */
export async function importWithStandIns(url: string, packageUrl: string): Promise<unknown> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      if (context.parentURL?.startsWith(packageUrl) !== true) return next(specifier, context);
      const found = Object.entries(STAND_INS).find(([name]) => specifier === name || specifier.endsWith(`/${name}`));
      if (found === undefined) return next(specifier, context);
      return { url: `data:text/javascript,${encodeURIComponent(found[1])}`, format: 'module', shortCircuit: true };
    },
  });
  try {
    return await import(url);
  } finally {
    hooks.deregister();
  }
}
