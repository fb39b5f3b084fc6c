// Sets the theme before the first paint, so that a page in the dark does not flash white; theme/settings.ts keeps it from then on.
const chosen = localStorage.getItem('granary.theme');
const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : system;
