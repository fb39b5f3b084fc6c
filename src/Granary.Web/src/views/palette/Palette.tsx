import { useLocation } from 'preact-iso';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Dialog } from '../../components/Dialog';
import { views } from '../registry';
import { openPalette, paletteOpen } from './palette';
import './palette.css';

/** Finds views by a few letters: Ctrl K, arrows, Enter. */
export function Palette() {
    useEffect(() => {
        const open = (e: KeyboardEvent) => {
            if (e.key.toLowerCase() !== 'k' || !(e.ctrlKey || e.metaKey)) return;
            e.preventDefault();
            openPalette();
        };
        addEventListener('keydown', open);
        return () => removeEventListener('keydown', open);
    }, []);
    return paletteOpen.value ? <Choice onClose={() => (paletteOpen.value = false)} /> : null;
}

function Choice(props: { onClose: () => void }) {
    const [text, setText] = useState('');
    const [at, setAt] = useState(0);
    const { route } = useLocation();
    const found = useMemo(
        () => views.filter((v) => !v.path.includes(':') && `${v.title} ${v.summary}`.toLowerCase().includes(text.toLowerCase())),
        [text],
    );
    const go = (path: string | undefined) => {
        if (path === undefined) return;
        props.onClose();
        route(path);
    };
    const press = (e: KeyboardEvent) => {
        if (e.key === 'Enter') go(found[at]?.path);
        else if (e.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
        else if (e.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
        else return;
        e.preventDefault();
    };
    return (
        <Dialog title="Search" onClose={props.onClose}>
            <div class="field">
                <input
                    type="search"
                    role="combobox"
                    aria-label="Search views"
                    aria-expanded="true"
                    aria-controls="found"
                    autocomplete="off"
                    aria-activedescendant={found[at] ? `found-${at}` : undefined}
                    value={text}
                    onKeyDown={press}
                    onInput={(e) => {
                        setText(e.currentTarget.value);
                        setAt(0);
                    }}
                />
            </div>
            <ul class="found" id="found" role="listbox" aria-label="Found">
                {found.map((v, i) => (
                    <li key={v.path} id={`found-${i}`} role="option" aria-selected={i === at} onClick={() => go(v.path)}>
                        <b>{v.title}</b> <span class="soft">{v.summary}</span>
                    </li>
                ))}
            </ul>
            {found.length === 0 && <p class="note">Nothing has this name.</p>}
        </Dialog>
    );
}
