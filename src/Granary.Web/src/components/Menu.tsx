import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** A menu that opens below its button. Escape and a click elsewhere close it; its content is in the page only while it is open. */
export function Menu(props: { title: string; children: ComponentChildren }) {
    const menu = useRef<HTMLDetailsElement>(null);
    const [isOpen, setOpen] = useState(false);
    useEffect(() => {
        if (!isOpen) return;
        const close = () => menu.current?.removeAttribute('open');
        const press = (e: KeyboardEvent) => {
            if (e.key !== 'Escape') return;
            close();
            menu.current?.querySelector('summary')?.focus();
        };
        const click = (e: Event) => {
            if (e.target instanceof Node && !menu.current?.contains(e.target) && document.contains(e.target)) close();
        };
        addEventListener('keydown', press);
        addEventListener('click', click);
        return () => {
            removeEventListener('keydown', press);
            removeEventListener('click', click);
        };
    }, [isOpen]);
    return (
        <details class="menu" ref={menu} onToggle={(e) => setOpen(e.currentTarget.open)}>
            <summary class="button">{props.title}</summary>
            {isOpen && <div class="sheet">{props.children}</div>}
        </details>
    );
}
