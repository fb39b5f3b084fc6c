import { useEffect } from 'preact/hooks';
import { everything, onChange, type Change } from '../api/changes';
import { notifications } from '../theme/settings';
import { attention } from './title';

const ends: Record<string, string> = { done: 'is done', failed: 'failed', cancelled: 'was cancelled' };

/** What a change means to somebody who looks elsewhere; null where it needs no attention. */
export function messageOf(change: Change): { title: string; path: string } | null {
    const end = ends[change.state];
    if (change.kind === 'job' && end) return { title: `Job ${change.id} ${end}`, path: `/jobs/${encodeURIComponent(change.id)}` };
    if (change.kind === 'session' && end)
        return {
            title: `The session of ${change.id} ${change.state === 'done' ? 'has ended' : end}`,
            path: `/live/${encodeURIComponent(change.id)}`,
        };
    return null;
}

/** Counts in the title of the tab, and shows as notifications of the desktop, what ends while the page is in the background. */
export function Notifier() {
    useEffect(() => {
        const seen = () => {
            if (!document.hidden) attention.value = 0;
        };
        document.addEventListener('visibilitychange', seen);
        const leave = onChange((change) => {
            const message = change === everything ? null : messageOf(change);
            if (message === null || !document.hidden) return;
            attention.value++;
            if (notifications.value !== 'on' || !('Notification' in window) || Notification.permission !== 'granted') return;
            const shown = new Notification(message.title, { tag: message.path });
            shown.onclick = () => {
                window.focus();
                location.assign(message.path);
            };
        });
        return () => {
            leave();
            document.removeEventListener('visibilitychange', seen);
        };
    }, []);
    return null;
}
