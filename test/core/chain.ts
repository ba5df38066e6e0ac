export * from '../../properties/arbitraries/core-walk/plain-chain.ts';
