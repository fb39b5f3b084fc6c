import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const view = signal('');

/** How much runs or waits for attention; stands before the title of the tab. */
export const attention = signal(0);

effect(() => {
    const name = view.value === '' ? 'Granary' : `${view.value} · Granary`;
    document.title = attention.value > 0 ? `(${attention.value}) ${name}` : name;
});

/** Names the tab after a view. */
export function useTitle(name: string): void {
    useEffect(() => {
        view.value = name;
    }, [name]);
}
