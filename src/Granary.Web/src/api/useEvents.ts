import { useEffect, useRef, useState } from 'preact/hooks';
import { prefix } from './client';
import { watch, type ServerEvent } from './events';
import { authorization, key } from './key';
import type { Problem } from './problem';

/** Subscribes a view to a stream of events below /api/v1 while it is shown; null subscribes to nothing. */
export function useEvents(
    path: string | null,
    onEvent: (event: ServerEvent) => void,
): { connected: boolean; refused: Problem | undefined } {
    const [connected, setConnected] = useState(true);
    const [refused, setRefused] = useState<Problem>();
    const latest = useRef(onEvent);
    latest.current = onEvent;
    const caller = key.value;
    useEffect(() => {
        setRefused(undefined);
        if (path === null) return;
        return watch(location.origin + prefix + path, authorization(), {
            onEvent: (e) => latest.current(e),
            onState: setConnected,
            onRefused: setRefused,
        });
    }, [path, caller]);
    return { connected, refused };
}
