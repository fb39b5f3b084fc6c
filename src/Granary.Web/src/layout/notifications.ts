import { notifications } from '../theme/settings';

/** Turns notifications of the desktop on, where the reader allows them, or off. */
export async function toggleNotifications(): Promise<void> {
    if (notifications.value === 'on') notifications.value = 'off';
    else if ('Notification' in window && (await Notification.requestPermission()) === 'granted') notifications.value = 'on';
}

/** What the palette says of notifications of the desktop: whether they are on, and where the browser blocks them. */
export function notificationsEntry(): { title: string; summary: string } {
    const title = 'Desktop notifications';
    if (!('Notification' in window)) return { title, summary: 'This browser shows none to this address' };
    if (Notification.permission === 'denied') return { title, summary: 'Blocked: allow them in the settings of the browser' };
    const on = notifications.value === 'on' && Notification.permission === 'granted';
    return { title, summary: on ? 'Turn off: jobs and sessions that end' : 'Turn on: jobs and sessions that end' };
}
