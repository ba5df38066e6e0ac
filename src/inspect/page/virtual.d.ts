/** Made by the page's build: see ../build/vite.config.ts. */
declare module 'virtual:charts' {
  const made: unknown;
  export default made;
}

declare module 'virtual:clauses' {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}

declare module '*.css' {}
