namespace Granary.Browser.Tests;

/// <summary>Scripts that list the faults of a page's layout, a sentence each; none where the page is right.</summary>
internal static class PageFaults
{
    /// <summary>What reaches over the page's edge and is not in a box that scrolls by itself.</summary>
    public const string TooWide =
        """
        (() => {
          const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
            && e.getClientRects().length && !e.closest('.scroll, pre, .contents, svg, .skip, .tip'));
          const page = document.documentElement.scrollWidth;
          return [...wide.map(e => 'too wide: ' + e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40)),
            ...(page > innerWidth ? ['the page is ' + page + ' pixels wide'] : [])].slice(0, 8);
        })()
        """;

    /// <summary>Dates and shares that are broken over two lines.</summary>
    public const string Broken =
        """
        (() => {
          const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let n; n = walk.nextNode();) {
            const e = n.parentElement;
            if (!/\d/.test(n.data) || e.closest('script, style, svg, pre, option') || !e.getClientRects().length) continue;
            for (const m of n.data.matchAll(/\d{4}-\d\d-\d\d( \d\d:\d\d)?|[−+]?\d[\d,.]*%/g)) {
              const range = document.createRange();
              range.setStart(n, m.index);
              range.setEnd(n, m.index + m[0].length);
              const lines = new Set([...range.getClientRects()].filter(r => r.width > 0).map(r => Math.round(r.top)));
              if (lines.size > 1) found.push('on two lines: ' + m[0] + ' in ' + e.textContent.slice(0, 60));
            }
          }
          return found.slice(0, 8);
        })()
        """;

    /// <summary>Texts of a chart that lie over one another, reach out of the page, or have a line through them.</summary>
    public const string Overlaps =
        """
        (() => {
          const found = [];
          for (const svg of document.querySelectorAll('svg.frame')) {
            const title = svg.querySelector('title').textContent, plot = svg.getBoundingClientRect();
            const texts = [...svg.querySelectorAll('text')].filter(t => t.getClientRects().length && t.textContent.trim())
              .map(t => ({ t, box: t.getBoundingClientRect() }));
            texts.forEach(({ t, box }, i) => {
              if (box.left < 0 || box.right > innerWidth) found.push(title + ': out of the page: ' + t.textContent);
              for (const other of texts.slice(i + 1))
                if (box.left < other.box.right - .5 && other.box.left < box.right - .5 && box.top < other.box.bottom - 2
                  && other.box.top < box.bottom - 2) found.push(title + ': ' + t.textContent + ' over ' + other.t.textContent);
              const across = box.left < plot.right - 1 && box.right > plot.left + 1;
              const inside = across && box.top < plot.bottom - 3 && box.bottom > plot.top + 3;
              const drawn = svg.querySelector('.line, .grid line, rect');
              if (inside && drawn && !t.matches('.row') && !t.closest('.legend') && !getComputedStyle(t).paintOrder.startsWith('stroke'))
                found.push(title + ': a line may go through ' + t.textContent);
            });
          }
          return found.slice(0, 8);
        })()
        """;

    /// <summary>Charts with labels on an axis that has no title.</summary>
    public const string Untitled =
        """
        [...document.querySelectorAll('svg.frame')].filter(s => s.getClientRects().length).flatMap(s => {
          const name = s.querySelector('title').textContent, said = c => [...s.querySelectorAll(c)].some(t => t.textContent.trim());
          return [...(said('.grid text.y') && !said('text.up') ? [name + ': the vertical axis has no title'] : []),
            ...(said('.ticks text') && !said('text.axis') ? [name + ': the horizontal axis has no title'] : [])];
        }).slice(0, 8)
        """;

    /// <summary>
    /// Visible texts, in charts too, whose WCAG 2 contrast with what is painted behind them is below 4.5, or 3 where they are large.
    /// </summary>
    public const string Faint =
        """
        (() => {
          const rgb = s => { const p = s.match(/[\d.]+/g).map(Number); return [p[0], p[1], p[2], p.length > 3 ? p[3] : 1]; };
          const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
          const light = c => {
            const l = [0, 1, 2].map(i => c[i] / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
            return .2126 * l[0] + .7152 * l[1] + .0722 * l[2];
          };
          const behind = e => {
            const layers = [];
            for (; e; e = e.parentElement) {
              const c = rgb(getComputedStyle(e).backgroundColor);
              if (c[3] > 0) layers.push(c);
              if (c[3] === 1) break;
            }
            return layers.reverse().reduce((under, c) => over(c, under), [255, 255, 255, 1]);
          };
          const skipped = 'script, style, title, desc, option, .skip, .strategies tr:nth-child(n+30)';
          const bad = new Map(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let n; n = walk.nextNode();) {
            const e = n.parentElement;
            if (!n.data.trim() || e.closest(skipped) || !e.getClientRects().length) continue;
            const s = getComputedStyle(e), svg = e.namespaceURI.endsWith('svg'), paper = behind(e);
            const ink = over(rgb(svg ? s.fill : s.color), paper);
            const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
            const ratio = (a + .05) / (b + .05), size = parseFloat(s.fontSize);
            // A coloured square is a graphic, for which 3 is enough.
            const large = e.matches('.state') || size >= 24 || (size >= 18.66 && +s.fontWeight >= 700);
            const name = e.tagName + '.' + (svg ? e.className.baseVal : e.className);
            if (ratio < (large ? 3 : 4.5)) bad.set(name + ' ' + ratio.toFixed(2), n.data.trim().slice(0, 20));
          }
          return [...bad].map(b => b.join(': ')).slice(0, 10);
        })()
        """;

    /// <summary>All faults of layout in one answer.</summary>
    public const string All = "[..." + TooWide + ", ..." + Broken + ", ..." + Overlaps + ", ..." + Untitled + "]";
}
