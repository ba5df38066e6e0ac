import { render } from 'preact';
import { App } from './parts/app.tsx';
import { listenToKeys } from './keys.ts';
import { listen } from './store.ts';
import { applyTheme } from './theme.ts';

applyTheme();
const root = document.getElementById('page');
if (root !== null) render(<App />, root);
listenToKeys();
listen();
