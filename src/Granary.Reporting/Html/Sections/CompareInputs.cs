using System.Text.Json;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Differences of the inputs: the batch files line by line, and the bars.</summary>
internal sealed class CompareInputs : IReportSection<CompareView>
{
    // Context: the number of equal lines shown around a difference.
    private const int MostLines = 4000, Context = 3;

    public string Id => "inputs";

    public string Title => "Inputs";

    public bool Applies(CompareView view) => true;

    public void Write(HtmlWriter html, CompareView view)
    {
        if (view.IsLiveAgainstBacktest) Configuration(html, view);
        else Batches(html, view);
        Markets(html, view);
    }

    // A live session's configuration was written by a run, not by hand, so the two texts have no common lines.
    private static void Configuration(HtmlWriter html, CompareView view)
    {
        var (live, other) = view.First.IsLive ? (view.First, view.Second) : (view.Second, view.First);
        var (name, otherName) = view.First.IsLive ? ("A", "B") : ("B", "A");
        var written = DigestIn(live.BatchText);
        html.Raw("<p>");
        html.Write($"{name} traded a production configuration (prod.json)");
        if (written == other.Digest) html.Write($" that {otherName} wrote");
        else if (written.Length > 0)
            html.Write($" that another run than {otherName} wrote, with the digest {written[..Math.Min(12, written.Length)]}…");
        html.Raw(". It has the strategies with a weight alone.</p>\n");
    }

    private static string DigestIn(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.TryGetProperty("digest", out var digest) ? digest.GetString() ?? "" : "";
        }
        catch (JsonException)
        {
            // A batch file with comments was not written by a run.
            return "";
        }
    }

    private static void Batches(HtmlWriter html, CompareView view)
    {
        var (a, b) = (Lines(view.First), Lines(view.Second));
        if (a.AsSpan().SequenceEqual(b)) html.Raw("<p>Both batch files are the same, to the letter.</p>\n");
        else if (a.Length > MostLines || b.Length > MostLines)
            html.Write($"<p>The batch files differ and are too long to compare here "
                + $"({NumberText.Count(a.Length)} and {NumberText.Count(b.Length)} lines).</p>\n");
        else Difference(html, TextDifference.Of(a, b));
    }

    private static void Difference(HtmlWriter html, IReadOnlyList<(char Kind, string Line)> lines)
    {
        html.Raw("<p>Batch files: lines that only A has begin with −, lines that only B has with +.</p>"
            + "<pre class=\"batch diff\" tabindex=\"0\" aria-label=\"Difference of the batch files\"><code>");
        var left = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            if (!IsNear(lines, i))
            {
                left++;
                continue;
            }
            Left(html, left);
            left = 0;
            var (kind, line) = lines[i];
            html.Write($"<span class=\"{kind switch { '+' => "add", '-' => "del", _ => "" }}\">{(kind == '-' ? "−" : kind.ToString())} "
                + $"{line}</span>");
        }
        Left(html, left);
        html.Raw("</code></pre>\n");
    }

    private static bool IsNear(IReadOnlyList<(char Kind, string Line)> lines, int at)
    {
        for (var i = Math.Max(0, at - Context); i <= Math.Min(lines.Count - 1, at + Context); i++)
            if (lines[i].Kind != ' ')
                return true;
        return false;
    }

    private static void Left(HtmlWriter html, int count)
    {
        if (count > 0) html.Write($"<span class=\"soft\">  … {NumberText.Count(count)} equal {(count == 1 ? "line" : "lines")}</span>");
    }

    private static string[] Lines(RunModel run) => run.BatchText.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private static void Markets(HtmlWriter html, CompareView view)
    {
        var first = view.First.Markets.ToDictionary(m => (m.Symbol, m.Timeframe));
        var second = view.Second.Markets.ToDictionary(m => (m.Symbol, m.Timeframe));
        var hashed = !view.IsLiveAgainstBacktest;
        var different = first.Keys.Union(second.Keys).Where(k => !IsSame(first.GetValueOrDefault(k), second.GetValueOrDefault(k), hashed))
            .OrderBy(k => k.Symbol, StringComparer.Ordinal).ThenBy(k => k.Timeframe, StringComparer.Ordinal).ToArray();
        if (different.Length == 0)
        {
            html.Write($"<p>Both runs used the same bars: {NumberText.Count(first.Count)} series, {(hashed ? "equal hashes"
                : "equal in number, first and last bar. A session hashes bars as they came in and a backtest as its files hold them, so "
                    + "that hashes are not compared")}.</p>\n");
            return;
        }
        HtmlTable.Open(html, "Bars that differ",
            [new("Market", Number: false), new("TF", Number: false), new("Bars in A"), new("Bars in B"),
            new(hashed ? "Hash in A" : "Span in A", Number: false), new(hashed ? "Hash in B" : "Span in B", Number: false)], "narrow");
        foreach (var key in different)
        {
            var (a, b) = (first.GetValueOrDefault(key), second.GetValueOrDefault(key));
            HtmlTable.RowHead(html, key.Symbol);
            HtmlTable.Text(html, key.Timeframe);
            HtmlTable.Number(html, a is null ? NumberText.Undefined : NumberText.Count(a.Bars));
            HtmlTable.Number(html, b is null ? NumberText.Undefined : NumberText.Count(b.Bars));
            foreach (var market in (MarketEntry?[])[a, b])
            {
                if (hashed) html.Write($"<td><code>{Short(market)}</code></td>");
                else HtmlTable.Text(html, Span(market));
            }
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static bool IsSame(MarketEntry? a, MarketEntry? b, bool hashed) => a is not null && b is not null
        && (hashed ? a.Hash == b.Hash : (a.Bars, a.First, a.Last) == (b.Bars, b.First, b.Last));

    private static string Short(MarketEntry? m) => m is null ? NumberText.Undefined : m.Hash.Length > 16 ? m.Hash[..16] : m.Hash;

    private static string Span(MarketEntry? m) =>
        m is null ? NumberText.Undefined : $"{NumberText.Time(m.First.Ticks)} to {NumberText.Time(m.Last.Ticks)}";
}
