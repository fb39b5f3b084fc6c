import { notifications } from '../theme/settings';

/** Turns notifications of the desktop on, where the reader allows them, or off. */
export async function toggleNotifications(): Promise<void> {
    if (notifications.value === 'on') notifications.value = 'off';
    else if ('Notification' in window && (await Notification.requestPermission()) === 'granted') notifications.value = 'on';
}
