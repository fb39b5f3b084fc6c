import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { caller } from '../api/caller';
import { key } from '../api/key';
import { zones } from '../format/times';
import { shownTheme, theme, zone } from '../theme/settings';
import { openPalette } from '../views/palette/palette';
import { documentationOf } from './documentation';
import { KeyDialog } from './KeyDialog';

/** Search, the documentation, the zone of times, the key and the theme. */
export function Header(props: { menuOpen: boolean; onMenu: () => void }) {
    const [keyOpen, setKeyOpen] = useState(false);
    const { path } = useLocation();
    const person = caller.value?.person ?? null;
    const isDark = shownTheme.value === 'dark';
    return (
        <header class="top">
            <button
                type="button"
                class="menu icon"
                aria-label="Views"
                aria-expanded={props.menuOpen}
                aria-controls="views"
                onClick={props.onMenu}
            >
                ☰
            </button>
            <button type="button" class="find" onClick={openPalette} aria-keyshortcuts="Control+K">
                <span>
                    Search<span class="long"> views, runs and actions</span>
                </span>
                <kbd>Ctrl K</kbd>
            </button>
            <span class="push" />
            <a
                class="button icon"
                href={documentationOf(path)}
                target="_blank"
                rel="noopener"
                aria-label="Documentation"
                title="Documentation"
            >
                ?
            </a>
            <select aria-label="Zone of times" value={zone.value} onChange={(e) => (zone.value = e.currentTarget.value)}>
                {zones.map((z) => (
                    <option key={z.id} value={z.id}>
                        {z.label}
                    </option>
                ))}
            </select>
            <button
                type="button"
                class="icon"
                aria-label={person !== null ? `Signed in: ${person}` : key.value === '' ? 'Key: none entered' : 'Key: entered'}
                title={person !== null ? `Signed in: ${person}` : 'Sign-in and API key'}
                onClick={() => setKeyOpen(true)}
            >
                {person === null ? <KeyIcon entered={key.value !== ''} /> : <PersonIcon />}
            </button>
            <button
                type="button"
                class="icon"
                aria-label={isDark ? 'Light theme' : 'Dark theme'}
                title={isDark ? 'Light theme' : 'Dark theme'}
                onClick={() => (theme.value = isDark ? 'light' : 'dark')}
            >
                {isDark ? '☀' : '☾'}
            </button>
            {keyOpen && <KeyDialog onClose={() => setKeyOpen(false)} />}
        </header>
    );
}

function KeyIcon(props: { entered: boolean }) {
    return (
        <svg
            width="16"
            height="16"
            viewBox="0 0 16 16"
            fill={props.entered ? 'currentColor' : 'none'}
            stroke="currentColor"
            stroke-width="1.5"
            aria-hidden="true"
        >
            <circle cx="5" cy="8" r="3" />
            <path d="M8 8h6.5M12 8v3" fill="none" />
        </svg>
    );
}

function PersonIcon() {
    return (
        <svg width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
            <circle cx="8" cy="4.5" r="3" />
            <path d="M2 15a6 6 0 0 1 12 0z" />
        </svg>
    );
}
