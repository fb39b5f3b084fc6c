using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Winning and losing streaks, compared with those expected by chance.</summary>
internal sealed class StreakSection : IReportSection<RunView>
{
    private const int Longest = 10;

    public string Id => "streaks";

    public string Title => "Streaks";

    public bool Applies(RunView view) => view.Trades.Measures.Trades > 1;

    public void Write(HtmlWriter html, RunView view)
    {
        var t = view.Trades;
        var s = t.Measures;
        html.Write($"<p class=\"lead\">Longest winning streak {NumberText.Count(s.LongestWinStreak)}, longest losing "
            + $"streak {NumberText.Count(s.LongestLossStreak)}, in order of closing.</p>\n");
        var wins = new long[Longest + 1];
        var losses = new long[Longest + 1];
        foreach (var (length, (w, l)) in t.Streaks)
        {
            wins[Math.Min(length, Longest)] += w;
            losses[Math.Min(length, Longest)] += l;
        }
        HtmlTable.Open(html, "Streaks by length, and how many chance would give at this win rate",
            [new("Length", Number: false), new("Winning"),
                new("By chance", Hint: "Streaks of that length among as many independent trades"), new("Losing"),
                new("By chance", Hint: "Streaks of that length among as many independent trades")], "narrow");
        var p = t.Metrics.WinRate;
        var q = s.Trades > 0 ? s.Losses / (double)s.Trades : double.NaN;
        for (var length = 1; length <= Longest; length++)
        {
            if (wins[length] == 0 && losses[length] == 0) continue;
            HtmlTable.RowHead(html, length == Longest ? $"{Longest} and more" : $"{length}");
            HtmlTable.Number(html, NumberText.Count(wins[length]));
            HtmlTable.Number(html, NumberText.Ratio(Expected(p, length), 1), "soft");
            HtmlTable.Number(html, NumberText.Count(losses[length]));
            HtmlTable.Number(html, NumberText.Ratio(Expected(q, length), 1), "soft");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);

        // Expected streaks of exactly k: n · p^k · (1 − p)², and of k or more: n · p^k · (1 − p), neglecting the ends.
        double Expected(double chance, int length) =>
            s.Trades * Math.Pow(chance, length) * (length == Longest ? 1 - chance : (1 - chance) * (1 - chance));
    }
}
