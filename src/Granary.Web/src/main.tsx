import { render } from 'preact';
import { followCaller } from './api/caller';
import { App } from './App';
import './components/charts.css';
import './theme/theme.css';

followCaller();
const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element #app');
// The frame that index.html brings for the first paint.
root.replaceChildren();
render(<App />, root);
