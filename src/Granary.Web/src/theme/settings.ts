import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

/** A setting that outlives the session. Nothing secret belongs here: keys are in api/key.ts. */
function setting<T extends string>(name: string, initial: T) {
    const value = signal<T>((localStorage.getItem(`granary.${name}`) as T | null) ?? initial);
    effect(() => localStorage.setItem(`granary.${name}`, value.value));
    return value;
}

/** Light, dark, or what the system prefers. */
export const theme = setting<Theme>('theme', 'system');

/** The time zone in which times are shown: an IANA name. */
export const zone = setting<string>('zone', 'UTC');

/** Whether the browser shows notifications when jobs end while the page is in the background. */
export const notifications = setting<'on' | 'off'>('notifications', 'off');

/** The layout of the monitor, as in its address; empty before the user has changed it. */
export const monitorLayout = setting<string>('monitor', '');

/** The choices for the charts of strategies and accounts, as JSON; components/chartSettings.ts reads it. */
export const charts = setting<string>('charts', '{}');

const dark = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(dark.matches);
dark.addEventListener('change', (e) => (systemIsDark.value = e.matches));

/** The theme that is on the screen now. Charts depend on it, since canvas knows no CSS variables. */
export const shownTheme = signal<'light' | 'dark'>('light');

effect(() => {
    shownTheme.value = theme.value === 'system' ? (systemIsDark.value ? 'dark' : 'light') : theme.value;
    document.documentElement.dataset.theme = shownTheme.value;
});

/** The value of a colour of theme.css, as `accent` or `s2`. */
export function colour(name: string): string {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
