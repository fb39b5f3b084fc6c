using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Recompute.Tests.Running;

/// <summary>A table of a report page.</summary>
/// <param name="Heading">That stands before it.</param>
/// <param name="Summary">Of the fold that it is in, or that stands before it under the same heading.</param>
/// <param name="Header">Headings of the columns; a second "Price" is "Price (2)". Empty for a list of names and figures.</param>
/// <param name="Rows">Texts of the cells of the body.</param>
internal sealed record PageTable(string Caption, string Heading, string Summary, IReadOnlyList<string> Header,
    IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>A line of a chart; missing values are NaN.</summary>
internal sealed record ChartLine(string Name, IReadOnlyList<DateTime> Times, IReadOnlyList<double> Values);

/// <summary>A chart of a report page: its lines, the labels of its bars, and what is said of it.</summary>
/// <param name="Description">The picture in words.</param>
/// <param name="Labels">Of marks within the picture: thresholds, trades.</param>
/// <param name="Paths">Points of drawn lines without data of their own, by the class of the line.</param>
internal sealed record PageChart(string Title, IReadOnlyList<ChartLine> Lines, IReadOnlyList<string> Bars, string Description,
    IReadOnlyList<string> Labels, IReadOnlyDictionary<string, (double X, double Y)[]> Paths);

/// <summary>What a reader sees of an HTML report: headline figures, tables and charts, read from the markup.</summary>
internal sealed partial class ReportPage
{
    private ReportPage(string html)
    {
        Charts = [.. Figure().Matches(html).Select(m => ParseChart(m.Value))];
        Packed = [.. Binary().Matches(html).Select(m => m.Groups[1].Value)];
        Sparklines = [.. Spark().Matches(html).Select(m => m.Groups[1].Value)];
        MoreNames = Names().Match(html) is { Success: true } names ? WebUtility.HtmlDecode(names.Groups[1].Value).Split(';') : [];
        More = MoreFigures().Matches(html).DistinctBy(m => m.Groups[1].Value)
            .ToDictionary(m => WebUtility.HtmlDecode(m.Groups[1].Value), m => m.Groups[2].Value.Split(';'), StringComparer.Ordinal);
        Sentences = [.. Written(html)];
        html = HiddenParts().Replace(html, "");
        var (tables, heading, summary) = (new List<PageTable>(), "", "");
        foreach (Match part in Part().Matches(html))
        {
            if (part.Value.StartsWith("<table", StringComparison.Ordinal)) tables.Add(Parse(part.Value, heading, summary));
            else if (part.Value.StartsWith("<s", StringComparison.Ordinal)) summary = Text(part.Value);
            else (heading, summary) = (Text(part.Value), "");
        }
        Tables = tables;
        // Those of a section with several parts are of its first one.
        Headlines = Headline().Matches(html).DistinctBy(m => Text(m.Groups[1].Value))
            .ToDictionary(m => Text(m.Groups[1].Value), m => Text(m.Groups[2].Value), StringComparer.Ordinal);
    }

    public IReadOnlyList<PageTable> Tables { get; }

    public IReadOnlyList<PageChart> Charts { get; }

    /// <summary>Data of interactive charts, in base64.</summary>
    public IReadOnlyList<string> Packed { get; }

    /// <summary>Paths of the small lines in tables.</summary>
    public IReadOnlyList<string> Sparklines { get; }

    /// <summary>Names of the figures that a row's click shows, and the figures by the strategy's id.</summary>
    public IReadOnlyList<string> MoreNames { get; }

    public IReadOnlyDictionary<string, string[]> More { get; }

    /// <summary>What stands outside of tables and charts, paragraph by paragraph, and the captions and descriptions of both.</summary>
    public IReadOnlyList<string> Sentences { get; }

    /// <summary>The figures at the head of the page, by their names.</summary>
    public IReadOnlyDictionary<string, string> Headlines { get; }

    public static ReportPage Read(string path) => new(File.ReadAllText(path));

    private IEnumerable<string> Written(string html)
    {
        foreach (var chart in Charts)
        {
            if (chart.Title.Length > 0) yield return chart.Title;
            foreach (var text in chart.Labels.Append(chart.Description)) yield return text;
        }
        foreach (Match caption in Caption().Matches(html)) yield return Text(caption.Groups[1].Value);
        var body = html[html.IndexOf("<body", StringComparison.Ordinal)..];
        body = Noted().Replace(body, m => $"<p>{m.Groups[1].Value}: {m.Groups[2].Value}</p>");
        foreach (var part in Blocks().Split(Apart().Replace(body, "<p>")))
            if (Text(part) is { Length: > 0 } text)
                yield return text;
    }

    private static PageTable Parse(string table, string heading, string summary)
    {
        var caption = Caption().Match(table) is { Success: true } found ? Text(found.Groups[1].Value) : "";
        var head = Head().Match(table);
        var header = new List<string>();
        foreach (var name in head.Success ? Cells(head.Value) : [])
            header.Add(header.Contains(name)
                ? $"{name} ({header.Count(h => h == name || h.StartsWith(name + " (", StringComparison.Ordinal)) + 1})" : name);
        var body = head.Success ? table.Remove(head.Index, head.Length) : table;
        return new PageTable(caption, heading, summary, header, [.. Row().Matches(body).Select(r => Cells(r.Value))]);
    }

    private static List<string> Cells(string row) => [.. Cell().Matches(row).Select(c => Text(c.Groups[1].Value))];

    private static PageChart ParseChart(string figure)
    {
        var title = Name().Match(figure) is { Success: true } found ? Text(found.Groups[1].Value) : "";
        var bars = Bar().Matches(figure).Select(m => Text(m.Groups[1].Value)).ToList();
        var labels = Label().Matches(figure).Select(m => Text(m.Groups[1].Value + m.Groups[2].Value)).ToList();
        return new PageChart(title, Data().Match(figure) is { Success: true } data ? Lines(data.Groups[1].Value) : [], bars,
            Description().Match(figure) is { Success: true } said ? Text(said.Groups[1].Value) : "", labels,
            Drawn().Matches(figure).DistinctBy(m => m.Groups[1].Value).ToDictionary(m => m.Groups[1].Value,
                m => Points(m.Groups[2].Value), StringComparer.Ordinal));
    }

    private static (double X, double Y)[] Points(string path) => [.. Point().Matches(path).Select(m =>
        (double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture)))];

    private static List<ChartLine> Lines(string json)
    {
        var root = JsonDocument.Parse(json).RootElement;
        var start = DateTime.UnixEpoch.AddMinutes(root.GetProperty("from").GetDouble());
        var lines = new List<ChartLine>();
        foreach (var line in root.GetProperty("lines").EnumerateArray())
        {
            var (times, minutes) = (new List<DateTime>(), 0.0);
            foreach (var step in line.GetProperty("t").EnumerateArray()) times.Add(start.AddMinutes(minutes += step.GetDouble()));
            lines.Add(new ChartLine(line.GetProperty("name").GetString()!, times,
                [.. line.GetProperty("v").EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Number ? v.GetDouble() : double.NaN)]));
        }
        return lines;
    }

    private static string Text(string markup) =>
        Spaces().Replace(WebUtility.HtmlDecode(Tag().Replace(Unbroken().Replace(markup.Replace("<wbr>", ""), "$1"), " ")), " ").Trim();

    [GeneratedRegex("<path class=\"line (s\\d)\" d=\"([^\"]*)\"", RegexOptions.None, 10_000)]
    private static partial Regex Drawn();

    [GeneratedRegex("[ML](-?[0-9.]+) (-?[0-9.]+)", RegexOptions.None, 10_000)]
    private static partial Regex Point();

    // A date within a sentence, kept on one line.
    [GeneratedRegex("<span class=\"date\">([^<]*)</span>", RegexOptions.None, 10_000)]
    private static partial Regex Unbroken();

    // Ticks of axes are no figures of the run.
    [GeneratedRegex("<g class=\"trade [^\"]*\"><title>(.*?)</title>|<text class=\"mark[^\"]*\"[^>]*>(.*?)</text>",
        RegexOptions.Singleline, 10_000)]
    private static partial Regex Label();

    [GeneratedRegex("<desc[^>]*>(.*?)</desc>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Description();

    [GeneratedRegex("<script type=\"application/octet-stream\">(.*?)</script>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Binary();

    [GeneratedRegex("<svg class=\"spark [^\"]*\"[^>]*><path d=\"([^\"]*)\"", RegexOptions.Singleline, 10_000)]
    private static partial Regex Spark();

    [GeneratedRegex("id=\"strategy-metrics\" data-names=\"([^\"]*)\"", RegexOptions.None, 10_000)]
    private static partial Regex Names();

    [GeneratedRegex("<tr data-id=\"([^\"]*)\" data-more=\"([^\"]*)\"", RegexOptions.None, 10_000)]
    private static partial Regex MoreFigures();

    // A headline figure stands in Headlines; the words below it are a sentence of their own.
    [GeneratedRegex("<dt[^>]*>(.*?)</dt><dd[^>]*>.*?</dd>\\s*<dd class=\"soft\">(.*?)</dd>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Noted();

    // Tables, charts and the batch file have checks of their own.
    [GeneratedRegex("<(table|figure|script|style|svg|pre|nav)\\b.*?</\\1>|<dt[^>]*>.*?</dt><dd[^>]*>.*?</dd>",
        RegexOptions.Singleline, 10_000)]
    private static partial Regex Apart();

    [GeneratedRegex("</?(?:p|div|li|ul|ol|h[1-6]|summary|details|aside|section|article|header|footer|main|form|label|option|button"
        + "|dl|output)\\b[^>]*>", RegexOptions.None, 10_000)]
    private static partial Regex Blocks();

    [GeneratedRegex("<(script|style|svg).*?</\\1>", RegexOptions.Singleline, 10_000)]
    private static partial Regex HiddenParts();

    [GeneratedRegex("<figure class=\"chart.*?</figure>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Figure();

    [GeneratedRegex("<span class=\"name\">(.*?)</span>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Name();

    [GeneratedRegex("<rect class=\"[^\"]*\"[^>]*><title>(.*?)</title>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Bar();

    [GeneratedRegex("<script type=\"application/json\">(.*?)</script>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Data();

    [GeneratedRegex("<table.*?</table>|<h[2-4][^>]*>.*?</h[2-4]>|<summary>.*?</summary>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Part();

    [GeneratedRegex("<caption[^>]*>(.*?)</caption>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Caption();

    [GeneratedRegex("<thead.*?</thead>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Head();

    [GeneratedRegex("<tr.*?</tr>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Row();

    [GeneratedRegex("<t[hd](?![a-z])[^>]*>(.*?)</t[hd]>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Cell();

    [GeneratedRegex("<dt[^>]*>(.*?)</dt><dd[^>]*>(.*?)</dd>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Headline();

    [GeneratedRegex("<[^>]+>", RegexOptions.None, 10_000)]
    private static partial Regex Tag();

    [GeneratedRegex("\\s+", RegexOptions.None, 10_000)]
    private static partial Regex Spaces();
}
