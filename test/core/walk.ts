export * from '../../properties/arbitraries/core-walk/walk.ts';
