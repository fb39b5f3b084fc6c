import { useLocation } from 'preact-iso';
import { useCallback } from 'preact/hooks';

/** The query of the address: what a view shows, so that a link leads to the same. Setting a value to '' takes it out. */
export function useSearch(): [Record<string, string>, (changes: Record<string, string>) => void] {
    const { query, path, route } = useLocation();
    const set = useCallback(
        (changes: Record<string, string>) => {
            const next = new URLSearchParams(location.search);
            for (const [name, value] of Object.entries(changes)) {
                if (value === '') next.delete(name);
                else next.set(name, value);
            }
            const text = next.toString();
            route(text === '' ? path : `${path}?${text}`, true);
        },
        [path, route],
    );
    return [query, set];
}
