declare module 'virtual:charts' {
  const drawings: readonly import('./drawing.ts').ChartDrawings[];
  export default drawings;
}

declare module 'virtual:clauses' {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module '*.css' {}
