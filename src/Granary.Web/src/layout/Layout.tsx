import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { online, send } from '../api/client';
import { keyWanted } from '../api/key';
import { Palette } from '../views/palette/Palette';
import { Header } from './Header';
import { KeyDialog } from './KeyDialog';
import { Keys } from './Keys';
import './layout.css';
import { Navigation } from './Navigation';
import { Notifier } from './Notifier';

/** What surrounds every view. */
export function Layout(props: { children: ComponentChildren }) {
    const [menuOpen, setMenuOpen] = useState(false);
    const main = useRef<HTMLElement>(null);
    const { path } = useLocation();
    const first = useRef(true);
    useEffect(() => {
        // A screen reader begins with the new view; a new page begins by itself.
        if (!first.current) main.current?.focus({ preventScroll: true });
        first.current = false;
        scrollTo(0, 0);
    }, [path]);
    useEffect(() => {
        if (!menuOpen) return;
        const close = (e: KeyboardEvent) => {
            if (e.key === 'Escape') setMenuOpen(false);
        };
        addEventListener('keydown', close);
        return () => removeEventListener('keydown', close);
    }, [menuOpen]);
    return (
        <>
            <a
                class="skip"
                href="#main"
                onClick={(e) => {
                    e.preventDefault();
                    main.current?.focus();
                }}
            >
                Skip to the view
            </a>
            <div class="frame">
                <Navigation open={menuOpen} onClose={() => setMenuOpen(false)} />
                <div class="page">
                    <Header menuOpen={menuOpen} onMenu={() => setMenuOpen(!menuOpen)} />
                    <Offline />
                    <main ref={main} id="main" tabIndex={-1} onClick={() => menuOpen && setMenuOpen(false)}>
                        {props.children}
                    </main>
                </div>
            </div>
            <Palette />
            <Keys />
            <Notifier />
            {keyWanted.value && <KeyDialog onClose={() => undefined} />}
        </>
    );
}

// Asks for the server's health until it answers; the queries of the views load again when it does.
function Offline() {
    const reachable = online.value;
    useEffect(() => {
        if (reachable) return;
        const timer = setInterval(() => void send(`${location.origin}/health/live`).catch(() => undefined), 2000);
        return () => clearInterval(timer);
    }, [reachable]);
    if (reachable) return null;
    return (
        <p class="banner" role="alert">
            The server does not answer. This page tries again every 2 seconds; what you see may be old.
        </p>
    );
}
