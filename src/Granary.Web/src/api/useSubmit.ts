import { useState } from 'preact/hooks';
import { serverFaults, type Fault } from './jsonSchema';
import { asProblem } from './problem';

/**
 * Sends a form. Its faults are those of its own check, else those that the server finds.
 * @param onFaults Called with the faults, so that other fields of the page show theirs.
 */
export function useSubmit(onFaults?: (faults: Fault[]) => void) {
    const [faults, setFaults] = useState<Fault[]>([]);
    const [busy, setBusy] = useState(false);
    const show = (next: Fault[]) => {
        setFaults(next);
        onFaults?.(next);
    };
    const submit = async (event: Event, wrong: Fault[], send: () => Promise<void>) => {
        event.preventDefault();
        show(wrong);
        if (wrong.length > 0) return;
        setBusy(true);
        try {
            await send();
        } catch (fault) {
            show(serverFaults(asProblem(fault).message));
        }
        setBusy(false);
    };
    return { faults, busy, submit };
}
