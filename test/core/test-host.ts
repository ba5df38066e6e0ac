export * from '../../properties/arbitraries/core-walk/host.ts';
