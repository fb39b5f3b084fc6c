import { effect, signal } from '@preact/signals';
import { api, online, take, type Schemas } from './client';
import { key } from './key';

/** Who calls, as the server sees it; undefined until it has answered, or without a valid key. */
export const caller = signal<Schemas['CallerAnswer'] | undefined>(undefined);

const roles = ['viewer', 'submitter', 'admin'] as const;

/** Whether the caller has a role: actions that need a higher one are not shown. */
export function can(role: (typeof roles)[number]): boolean {
    const own = caller.value?.role;
    return own !== undefined && roles.indexOf(own as (typeof roles)[number]) >= roles.indexOf(role);
}

/** Whether the caller may have the server compile and run code of their own. */
export const mayRunCode = (): boolean => caller.value !== undefined && (caller.value.noCode ?? null) === null;

/** Asks who calls, at the start and whenever the key changes or the server is back. */
export function followCaller(): () => void {
    return effect(() => {
        void key.value;
        if (!online.value) return;
        take(api.GET('/api/v1/caller')).then(
            (answer) => (caller.value = answer),
            () => (caller.value = undefined),
        );
    });
}
