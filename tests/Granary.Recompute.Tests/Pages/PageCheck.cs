using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>Compares the figures of a page with recomputed ones, and remembers what it has compared.</summary>
internal sealed class PageCheck(ReportPage page)
{
    // A column that says in words what other columns say in figures.
    private static readonly string[] Prose = ["Meaning", "What differs", "Formula", "Source"];

    private readonly HashSet<PageTable> _tables = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<PageChart> _charts = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _headlines = new(StringComparer.Ordinal);
    private readonly List<string> _differences = [];
    private readonly List<string> _names = [];
    private SentenceCheck? _sentences;
    private bool _packed, _lines;

    public ReportPage Page => page;

    /// <summary>What the page says outside of tables and charts, their captions and descriptions.</summary>
    public SentenceCheck Sentences => _sentences ??= new SentenceCheck(page.Sentences, _differences);

    /// <summary>Tables, charts and headline figures that nothing has been compared of.</summary>
    public IEnumerable<string> Unchecked =>
    [
        .. page.Tables.Where(t => !_tables.Contains(t)).Select(t => $"table '{t.Caption}' under '{t.Heading}' {t.Summary}"),
        .. page.Charts.Where(c => !_charts.Contains(c)).Select(c => $"chart '{c.Title}'"),
        .. page.Headlines.Keys.Where(h => !_headlines.Contains(h)).Select(h => $"headline '{h}'"),
        .. page.Packed.Count > 0 && !_packed ? ["packed chart data"] : Array.Empty<string>(),
        .. page.Sparklines.Count > 0 && !_lines ? ["small lines of profit"] : Array.Empty<string>(),
        .. Sentences.Unchecked.Where(s => !IsNamed(s)).Select(s => $"sentence '{s}'"),
    ];

    /// <summary>The differences so far, one sentence each.</summary>
    public IReadOnlyList<string> Differences => _differences;

    /// <summary>Demands that every figure of the page has been recomputed and agrees.</summary>
    /// <param name="sentences">Whether those in sentences count.</param>
    public void Demand(bool sentences = false)
    {
        var wrong = Unchecked.Where(u => sentences || !u.StartsWith("sentence", StringComparison.Ordinal))
            .Select(u => "nothing recomputes the " + u).Concat(_differences).ToList();
        wrong.ShouldBeEmpty($"{wrong.Count} figures of the page:\n{string.Join('\n', wrong.Take(200))}");
    }

    /// <summary>A table, row by row and column by column: every heading must have a recomputed figure under its name.</summary>
    /// <param name="caption">The caption begins so.</param>
    /// <param name="context">The heading before the table; null for any.</param>
    public void Table(string caption, IReadOnlyCollection<Cells> expected, string? context = null)
    {
        if (Find(caption, context) is not { } table)
        {
            if (expected.Count > 0) Missing(caption, context);
            return;
        }
        if (table.Rows.Count != expected.Count)
            _differences.Add($"{table.Caption}: the page has {table.Rows.Count} rows, recomputed {expected.Count}");
        foreach (var (row, cells) in table.Rows.Zip(expected)) Row(table, row, cells);
    }

    /// <summary>A table whose rows are groups: each row by its name.</summary>
    /// <returns>The names of its rows; none where the page has no such table.</returns>
    public IReadOnlyList<string> Table(string caption, Func<string, Cells> rowOf)
    {
        if (Find(caption, null) is not { } table) return [];
        foreach (var row in table.Rows) Row(table, row, rowOf(row[0]));
        return [.. table.Rows.Select(r => r[0])];
    }

    /// <summary>A table that shows a list of the page's JSON.</summary>
    /// <param name="caption">The caption begins so.</param>
    /// <param name="context">The heading before the table; null for any.</param>
    public void List(string caption, IReadOnlyCollection<JsonRecord> records, string? context = null)
    {
        if (Find(caption, context) is { } table) _differences.AddRange(JsonTable.Differences(table, [.. records]));
        else if (records.Count > 0) Missing(caption, context);
    }

    /// <summary>A list of names and figures, with the benchmark's beside them where the table has a column for it.</summary>
    public void Pairs(string caption, Cells expected, Cells? theirs = null)
    {
        if (page.Tables.FirstOrDefault(t => !_tables.Contains(t) && t.Caption == caption) is not { } table)
        {
            _differences.Add($"the page has no table '{caption}'");
            return;
        }
        _tables.Add(table);
        foreach (var row in table.Rows)
        {
            var name = row[0].TrimEnd('°');
            Figure(caption, name, row[1], expected);
            if (row.Count > 2 && row[2].Length > 0) Figure(caption + " of the benchmark", name, row[2], theirs ?? []);
        }
    }

    /// <summary>Figures at the head of the page.</summary>
    public void Headline(Cells expected)
    {
        foreach (var (name, shown) in page.Headlines)
        {
            if (!expected.ContainsKey(name)) continue;
            _headlines.Add(name);
            Figure("headline", name, shown, expected);
        }
    }

    /// <summary>A chart's lines: every point must lie on a recomputed curve. The page may leave points out, never move one.</summary>
    /// <param name="title">The title begins so.</param>
    /// <param name="curves">By the names of the lines.</param>
    public void Chart(string title, IReadOnlyDictionary<string, IReadOnlyDictionary<DateTime, double>> curves)
    {
        foreach (var chart in page.Charts.Where(c => !_charts.Contains(c) && c.Title.StartsWith(title, StringComparison.Ordinal)).Take(1))
        {
            _charts.Add(chart);
            _names.Add(title);
            if (chart.Lines.Count == 0) _differences.Add($"chart {chart.Title} has no data");
            foreach (var line in chart.Lines)
            {
                if (curves.TryGetValue(line.Name, out var curve)) Line(chart.Title, line, curve);
                else _differences.Add($"chart {chart.Title}: nothing recomputes the line '{line.Name}'");
            }
            return;
        }
        _differences.Add($"the page has no chart '{title}'");
    }

    /// <summary>A chart's bars by their labels, as "2022: Return +1.2%".</summary>
    public void Bars(string title, IReadOnlyList<string> names, IReadOnlyList<double> values)
    {
        if (page.Charts.FirstOrDefault(c => !_charts.Contains(c) && c.Title.StartsWith(title, StringComparison.Ordinal)) is not { } chart)
        {
            if (names.Count > 0) _differences.Add($"the page has no chart '{title}'");
            return;
        }
        _charts.Add(chart);
        _names.Add(title);
        if (chart.Bars.Count != names.Count)
            _differences.Add($"chart {chart.Title}: the page has {chart.Bars.Count} bars, recomputed {names.Count}");
        foreach (var ((label, name), value) in chart.Bars.Zip(names).Zip(values))
        {
            if (!label.StartsWith(name,
                StringComparison.Ordinal)) _differences.Add($"chart {chart.Title}: the page says '{label}', recomputed '{name}'");
            else Number($"chart {chart.Title}, {name}", label[name.Length..], value);
        }
    }

    /// <summary>A chart that draws what tables of the page say; its data is not in the page, but as strokes.</summary>
    public void Drawn(string title)
    {
        _names.Add(title);
        foreach (var chart in page.Charts.Where(c => c.Title.StartsWith(title, StringComparison.Ordinal)
            && c.Lines.Count == 0)) _charts.Add(chart);
    }

    /// <summary>A table without figures.</summary>
    public void Words(string caption)
    {
        foreach (var table in page.Tables.Where(t => t.Caption.StartsWith(caption, StringComparison.Ordinal))) _tables.Add(table);
    }

    /// <summary>The packed data of the page's script is compared.</summary>
    public void CountsAsPacked() => _packed = true;

    /// <summary>The small lines in tables are compared.</summary>
    public void CountsAsSparklines() => _lines = true;

    /// <summary>The table, for checks of its own; it counts as compared.</summary>
    public PageTable? Take(Func<PageTable, bool> table)
    {
        var found = page.Tables.FirstOrDefault(t => !_tables.Contains(t) && table(t));
        if (found is not null) _tables.Add(found);
        return found;
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

    // A caption or a title whose numbers stand in the name that its figures were compared under.
    private bool IsNamed(string sentence) => _names.Exists(n => sentence.StartsWith(n, StringComparison.Ordinal)
        && !sentence[n.Length..].Any(char.IsDigit));

    // The next table of a caption, which counts as compared from here on.
    private PageTable? Find(string caption, string? context)
    {
        var table = page.Tables.FirstOrDefault(t => !_tables.Contains(t) && t.Caption.StartsWith(caption, StringComparison.Ordinal)
            && (context is null || t.Heading == context || t.Summary == context));
        if (table is null) return null;
        _tables.Add(table);
        _names.Add(caption);
        return table;
    }

    private void Missing(string caption, string? context) =>
        _differences.Add($"the page has no table '{caption}'{(context is null ? "" : $" under '{context}'")}");

    private void Row(PageTable table, IReadOnlyList<string> row, Cells cells)
    {
        for (var i = 0; i < row.Count && i < table.Header.Count; i++)
            if (!Prose.Contains(table.Header[i]))
                Figure($"{table.Caption}, {row[0]}", table.Header[i], row[i], cells);
    }

    private void Figure(string where, string name, string shown, Cells expected)
    {
        if (!expected.TryGetValue(name, out var cell)) _differences.Add($"{where}: nothing recomputes '{name}' ({shown})");
        else if (cell == Cell.Any) return;
        else if (cell.Text is { } text) Text($"{where}, {name}", shown, text);
        else Number($"{where}, {name}", shown, cell.Number);
    }

    // Charts carry six significant digits, at whole minutes.
    private void Line(string title, ChartLine line, IReadOnlyDictionary<DateTime, double> curve)
    {
        var scale = line.Values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var i = 0; i < line.Times.Count; i++)
        {
            if (!curve.TryGetValue(line.Times[i],
                out var expected)) _differences.Add($"chart {title}, {line.Name}: nothing recomputes {line.Times[i]:u}");
            else if (double.IsFinite(line.Values[i]) != double.IsFinite(expected) || Math.Abs(line.Values[i] - expected) > 6e-6 * scale)
                _differences.Add($"chart {title}, {line.Name} at {line.Times[i]:u}: the page says {line.Values[i]}, recomputed {expected}");
            else continue;
            return;
        }
    }
}
