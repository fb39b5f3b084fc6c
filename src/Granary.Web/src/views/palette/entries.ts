import { can, mayRunCode } from '../../api/caller';
import { theme, shownTheme } from '../../theme/settings';
import { notificationsEntry, toggleNotifications } from '../../layout/notifications';
import { views } from '../registry';

/** An entry of the command palette: a view to open, or an action. */
export interface Entry {
    title: string;
    summary: string;
    path?: string;
    act?: () => void;
}

/** Views and actions that need no parameter. */
export function fixedEntries(): Entry[] {
    return [
        ...views
            .filter((v) => !v.path.includes(':') && (v.path !== '/live/start' || can('admin')) && (v.path !== '/editor' || mayRunCode()))
            .map((v) => ({ title: v.title, summary: v.summary, path: v.path })),
        {
            title: shownTheme.value === 'dark' ? 'Light theme' : 'Dark theme',
            summary: 'Change the colours of the page',
            act: () => (theme.value = shownTheme.value === 'dark' ? 'light' : 'dark'),
        },
        { ...notificationsEntry(), act: () => void toggleNotifications() },
    ];
}

/** The entries that contain all words of the text; those whose title begins with it come first. */
export function matching(entries: readonly Entry[], text: string): Entry[] {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = entries.filter((e) => {
        const all = `${e.title} ${e.summary}`.toLowerCase();
        return words.every((w) => all.includes(w));
    });
    const starts = (e: Entry) => (words[0] !== undefined && e.title.toLowerCase().startsWith(words[0]) ? 0 : 1);
    return found
        .map((e, i) => ({ e, i }))
        .sort((a, b) => starts(a.e) - starts(b.e) || a.i - b.i)
        .map((x) => x.e);
}
