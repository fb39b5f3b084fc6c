using System.Text.Json;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The notes of a run, at the head of its page and in results.json.</summary>
internal sealed class NoteSentences(PageCheck check, RunFigures run)
{
    private const int First = 3;

    private readonly JsonElement _results = run.Files.Results;

    public void Check()
    {
        List<string> notes = _results.TryGetProperty("notes", out var list)
            ? [.. list.EnumerateArray().Select(n => n.GetProperty("sentence").GetString()!)] : [];
        var differences = new List<string>();
        var sentences = new SentenceCheck(notes, differences);
        foreach (var says in new[] { sentences, check.Sentences }) Say(says, notes);
        foreach (var left in differences.Concat(sentences.Unchecked.Select(s => "nothing recomputes the note: " + s)))
            check.Text("results.json", left, "");
        if (notes.Count > First) check.Sentences.Listed($"({notes.Count - First}|[0-9]+) more", "notes and findings that are folded away");
    }

    private void Say(SentenceCheck says, List<string> notes)
    {
        bool Has(string words) => notes.Exists(n => n.Contains(words, StringComparison.Ordinal));
        says.Listed("The data check has .*|No symbol has bars on .*|.*: .* \\([0-9,]+ more below\\)",
            "findings of the data check, which its own tests count");
        says.Listed("Quantities of .* are fractional.*", "an example of a setting");
        var all = run.Files.Strategies.Count;
        if (Has("carry weight") || Has("without weight"))
            says.Says("signals.csv and factors.csv leave out the {} of {} strategies without weight. *",
                all - run.Files.Weighted.Count(), all);
        if (Has("have the same signals")) Duplicates(says, all);
        if (Has("The portfolio refused")) Refused(says);
        if (Has("reached zero equity"))
            says.Says("The portfolio's account reached zero equity and was closed: its return is {}, *", -1);
        List<string> ruined = [.. run.Files.Strategies
            .Where(s => s.TryGetProperty("state", out var state) && state.GetString() == "ruined")
            .Select(s => s.GetProperty("id").GetString()!)];
        if (ruined.Count > 0)
            says.Says($"{{}} of {{}} strategies lost all of their equity, and their accounts were closed; the first is {ruined[0]}.",
                ruined.Count, all);
        var ended = run.Trades.Count(t => t.Reason == "data-ended");
        if (ended > 0) says.Says("{} positions were closed at the last close of a symbol that had stopped trading (*).", ended);
        if (Has("The universe is unknown"))
            says.Says("The universe is unknown: {} symbols are traded without dates of membership. *",
                run.Files.Strategies.SelectMany(s => SymbolsOf(s.GetProperty("id").GetString()!)).Distinct(StringComparer.Ordinal).Count());
        Marked(says);
        if (run.BenchmarkBegins is not null)
            says.Says($"The benchmark {{~}} begins at {run.BenchmarkRows!.Times[0]:yyyy-MM-ddTHH:mm:ss}Z, after the portfolio's first row "
                + $"({run.Rows[0].Time:yyyy-MM-ddTHH:mm:ss}Z): the portfolio is compared with it from there on, at {{}} rows.",
                run.BenchmarkRows.Times.Count);
        if (_results.TryGetProperty("walkForward", out var walkForward))
            says.Says("Every figure is out of sample: parameters were chosen on one stretch and traded on the next, {} times. *",
                walkForward.GetProperty("windows").GetDouble());
    }

    // "Class(a=1)@ACME+BOLT:1d:long" trades ACME and BOLT.
    private static string[] SymbolsOf(string id) => id[(id.LastIndexOf('@') + 1)..].Split(':')[0].Split('+');

    private void Duplicates(SentenceCheck says, int all)
    {
        var groups = run.Files.Strategies.Select(s => s.GetProperty("id").GetString()!)
            .GroupBy(id => FilteredStrategy.TradesOf(id.Split('@')[1].Split(':')[0], run.Files.TradesOf(id)), StringComparer.Ordinal)
            .Where(g => g.Key.Length > 0 && g.Count() > 1).Select(g => g.ToList()).ToList();
        says.Says("{} of {} strategies have the same signals, trades and equity as another one, in {} groups. * The first: "
            + $"{groups[0][0]} and {groups[0][1]}.", groups.Sum(g => g.Count), all, groups.Count);
    }

    private void Refused(SentenceCheck says)
    {
        var counts = _results.GetProperty("portfolio").GetProperty("decisions").EnumerateObject()
            .Select(d => (d.Name, Count: (double)d.Value.GetInt32())).ToList();
        var refused = counts.Where(c => c.Name != "accepted").OrderByDescending(c => c.Count).ToList();
        says.Says($"The portfolio refused {{}} of {{}} signals: {string.Join(", ", refused.Select(_ => "{} (*)"))}.",
            [refused.Sum(r => r.Count), counts.Sum(c => c.Count), .. refused.Select(r => r.Count)]);
    }

    // Positions whose symbol ended before the others' bars did.
    private void Marked(SentenceCheck says)
    {
        var last = run.Rows[^1].Time;
        var symbols = run.Trades.Where(t => t.IsOpen && run.Markets.Bars[t.Symbol][^1].Time < last).CountBy(t => t.Symbol).ToList();
        if (symbols.Count is 0 or > 5) return;
        var listed = symbols.OrderBy(s => s.Key, StringComparer.Ordinal).ToList();
        var text = string.Join(", ", listed.Select(s => $"{s.Key}: {{}} since {run.Markets.Bars[s.Key][^1].Time:yyyy-MM-dd}"));
        says.Says($"Open positions are marked at the last close of * ({text}). *", [.. listed.Select(s => (double)s.Value)]);
    }
}
