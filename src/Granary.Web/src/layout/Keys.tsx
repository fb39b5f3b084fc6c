import { useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { Dialog } from '../components/Dialog';
import { Pairs } from '../components/Pairs';

const goTo: Record<string, { path: string; title: string }> = {
    s: { path: '/', title: 'Start' },
    r: { path: '/runs', title: 'Runs' },
    l: { path: '/live', title: 'Live' },
    p: { path: '/portfolio', title: 'Portfolios' },
    d: { path: '/deployments', title: 'Deployments' },
    m: { path: '/models', title: 'Models' },
    b: { path: '/data', title: 'Data' },
};

const isText = (target: EventTarget | null) =>
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Keys of the whole page: ? lists them, G and a letter open a view. */
export function Keys() {
    const [shown, setShown] = useState(false);
    const { route } = useLocation();
    useEffect(() => {
        let waits = false;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const press = (e: KeyboardEvent) => {
            // The first of the path: within a shadow root, the target is only its host.
            if (e.ctrlKey || e.metaKey || e.altKey || isText(e.composedPath()[0] ?? null) || document.querySelector('dialog[open]')) return;
            const view = waits ? goTo[e.key.toLowerCase()] : undefined;
            waits = false;
            clearTimeout(timer);
            if (view) route(view.path);
            else if (e.key === '?') setShown(true);
            else if (e.key.toLowerCase() === 'g') {
                waits = true;
                timer = setTimeout(() => (waits = false), 1500);
            } else return;
            e.preventDefault();
        };
        addEventListener('keydown', press);
        return () => {
            clearTimeout(timer);
            removeEventListener('keydown', press);
        };
    }, [route]);
    if (!shown) return null;
    const keys: [string, string][] = [
        ['Ctrl K', 'Search views, runs, sessions and actions'],
        ['?', 'This list'],
        ['Escape', 'Close a dialog or the menu'],
        ['Tab, Enter', 'Move between controls, and use one'],
        ['↑ ↓ Page Up Page Down', 'Scroll a table that has the focus'],
        ['← → + − N P', 'Pan, zoom, next trade and the one before, in a price chart that has the focus'],
        ...Object.entries(goTo).map(([key, view]): [string, string] => [`G ${key.toUpperCase()}`, view.title]),
    ];
    return (
        <Dialog title="Keys" onClose={() => setShown(false)}>
            <Pairs pairs={keys.map(([key, value]) => ({ name: <kbd>{key}</kbd>, value }))} />
            <div class="actions">
                <button type="button" class="primary" onClick={() => setShown(false)}>
                    Back
                </button>
            </div>
        </Dialog>
    );
}
