using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;

namespace Granary.Recompute.Tests.Pages;

/// <summary>
/// The numbers of the column Findings: bars missing between two bars, and bars of a day, counted from the bars and the declared sessions. A
/// finding with other numbers is not recomputed, and fails.
/// </summary>
internal sealed class FindingTexts(PageCheck check, MarketSet markets)
{
    private const string Time = @"(\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)";

    /// <param name="text">Of the cell.</param>
    public void Check(string symbol, string text)
    {
        var bars = markets.Bars[symbol];
        var left = Each(text, Time + @": (\d+) bars? (?:are|is) missing until " + Time,
            m => Count(symbol, m, 2, markets.MissingBetween(symbol, At(m, 1), At(m, 3))));
        left = Each(left, $"{Time}: the day has (\\d+) of (\\d+) bars \\(([\\d.]+) ?%\\)", m =>
        {
            var usual = markets.BarsOfDay(symbol);
            Count(symbol, m, 2, bars.Count(b => markets.DayOf(symbol, b.Time) == At(m, 1)));
            Count(symbol, m, 3, usual);
            Near(symbol, m, 4, 100.0 * double.Parse(m.Groups[2].Value) / usual);
        });
        left = Each(left, Time + " to " + Time + @": there are (\d+) more gaps, (\d+) bars missing in all \(([\d.]+) ?%\)", m =>
        {
            List<int> gaps = [.. bars.Zip(bars.Skip(1), (a, b) => markets.MissingBetween(symbol, a.Time, b.Time)).Where(n => n > 0)];
            // Those with a row of their own, and single sessions without bars, are no further ones.
            var most = gaps.Count - Regex.Matches(text, "missing until").Count;
            if (double.Parse(m.Groups[3].Value) > most) check.Number($"findings of {symbol}, {m.Value}", m.Groups[3].Value, most);
            Count(symbol, m, 4, gaps.Sum());
            Near(symbol, m, 5, 100.0 * gaps.Sum() / (gaps.Sum() + bars.Count));
        });
        left = Regex.Replace(left, $"{Time} to {Time}: 1 session has no bars", "");
        if (left.Any(char.IsDigit)) check.Text($"findings of {symbol}", left, "nothing recomputes this");
    }

    private static string Each(string text, string pattern, Action<Match> compare)
    {
        foreach (Match match in Regex.Matches(text, pattern)) compare(match);
        return Regex.Replace(text, pattern, "");
    }

    private static DateTime At(Match match, int group) =>
        DateTime.SpecifyKind(DateTime.Parse(match.Groups[group].Value), DateTimeKind.Utc);

    private void Count(string symbol, Match match, int group, int expected) =>
        check.Number($"findings of {symbol}, {match.Value}", match.Groups[group].Value, expected);

    private void Near(string symbol, Match match, int group, double expected) =>
        check.Number($"findings of {symbol}, {match.Value}", match.Groups[group].Value, expected);
}
