using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>Compares the numbers of a page with recomputed ones, and remembers which tables it has compared.</summary>
internal sealed class PageCheck(ReportPage page)
{
    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);
    private readonly List<string> _differences = [];

    public ReportPage Page => page;

    /// <summary>Captions of the tables that nothing has been compared of.</summary>
    public IEnumerable<string> Unchecked => page.Tables.Select(t => t.Caption).Where(c => !_checked.Contains(c));

    /// <summary>The differences so far, one sentence each.</summary>
    public IReadOnlyList<string> Differences => _differences;

    /// <summary>The table whose caption begins so; it counts as compared.</summary>
    public PageTable Take(string caption)
    {
        var table = page.TableOf(caption);
        _checked.Add(table.Caption);
        return table;
    }

    private PageTable Exactly(string caption) => Take(page.Tables.First(t => t.Caption == caption).Caption);

    /// <summary>All tables whose captions begin or end so; they count as compared.</summary>
    public List<PageTable> TakeAll(Func<string, bool> caption)
    {
        List<PageTable> tables = [.. page.Tables.Where(t => caption(t.Caption))];
        foreach (var table in tables) _checked.Add(table.Caption);
        return tables;
    }

    /// <summary>A shown number against the recomputed one, to the precision of its digits.</summary>
    public void Number(string where, string shown, double expected)
    {
        if (!ShownNumber.Parse(shown).Agrees(expected)) _differences.Add($"{where}: the page says {shown}, recomputed {expected}");
    }

    public void Text(string where, string shown, string expected)
    {
        if (shown != expected) _differences.Add($"{where}: the page says '{shown}', recomputed '{expected}'");
    }

    /// <summary>A table of two columns, name and figure: every row must have a recomputed figure under its name.</summary>
    public void Pairs(string caption, IReadOnlyDictionary<string, double> expected)
    {
        foreach (var row in Exactly(caption).Rows)
        {
            if (row.Count < 2 || row[0] == "Figure") continue;
            var name = row[0].TrimEnd('°');
            if (expected.TryGetValue(name, out var value)) Number($"{caption}, {row[0]}", row[1], value);
            else _differences.Add($"{caption}: nothing recomputes '{row[0]}' ({row[1]})");
        }
    }
}
