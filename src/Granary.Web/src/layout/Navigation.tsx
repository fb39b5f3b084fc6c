import { useLocation } from 'preact-iso';
import { mayRunCode } from '../api/caller';
import { views } from '../views/registry';
import icon from '../theme/icon.svg';

/** A view that the caller cannot use is not listed. */
const isOffered = (path: string) => path !== '/editor' || mayRunCode();

const groups = ['Research', 'Trading', 'Learning', 'Data'] as const;

/** The views by group. */
export function Navigation(props: { open: boolean; onClose: () => void }) {
    const { path } = useLocation();
    const isCurrent = (view: string) => path === view || (view !== '/' && path.startsWith(`${view}/`));
    return (
        <nav class={`side ${props.open ? 'open' : ''}`} aria-label="Views" id="views">
            <a class="brand" href="/" onClick={props.onClose}>
                <img src={icon} alt="" width="22" height="22" />
                Granary
            </a>
            {groups.map((group) => {
                const here = views.filter((v) => v.group === group && isOffered(v.path));
                if (here.length === 0) return null;
                return (
                    <div key={group}>
                        <p class="group" id={`group-${group}`}>
                            {group}
                        </p>
                        <ul aria-labelledby={`group-${group}`}>
                            {here.map((v) => (
                                <li key={v.path}>
                                    <a
                                        class="view"
                                        href={v.path}
                                        aria-current={isCurrent(v.path) ? 'page' : undefined}
                                        onClick={props.onClose}
                                    >
                                        {v.title}
                                    </a>
                                </li>
                            ))}
                        </ul>
                    </div>
                );
            })}
            <p class="foot">Past results say little about future ones.</p>
        </nav>
    );
}
