import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Menu } from './Menu';

const narrow = matchMedia('(max-width:700px)');

/** Actions of a page: beside one another where there is room, in a menu on a phone. */
export function ActionMenu(props: { children: ComponentChildren }) {
    const [isNarrow, setNarrow] = useState(narrow.matches);
    useEffect(() => {
        const change = () => setNarrow(narrow.matches);
        narrow.addEventListener('change', change);
        return () => narrow.removeEventListener('change', change);
    }, []);
    if (!isNarrow) return <>{props.children}</>;
    return <Menu title="Actions">{props.children}</Menu>;
}
