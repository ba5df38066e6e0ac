export * from '../../properties/arbitraries/core-walk/core-world.ts';
