namespace Granary.Engine.Tests.Accounts;

/// <summary>Compares what was booked with what a story says.</summary>
internal static class StoryComparison
{
    private const double Cent = 1e-9;

    public static List<string> Differences(StoryOutcome found, StoryOutcome wanted, bool hasTrades = true, bool hasFinancing = true)
    {
        var differences = new List<string>();
        Differ(differences, Fills(found), Fills(wanted));
        if (hasFinancing) Differ(differences, Financing(found), Financing(wanted));
        if (hasTrades) Differ(differences, Trades(found), Trades(wanted));
        Differ(differences, [("cash", [found.Cash]), ("position", [found.Position])],
            [("cash", [wanted.Cash]), ("position", [wanted.Position])]);
        return differences;
    }

    private static List<(string, double[])> Fills(StoryOutcome of) => [.. of.Fills
        .OrderBy(f => (f.Day, f.Trade, f.Side, f.Price, f.Quantity))
        .Select(f => ($"day {f.Day}: trade {f.Trade} {f.Side}", (double[])[f.Quantity, f.Price, f.Fee]))];

    // What one day brings to a trade is one amount of each kind.
    private static List<(string, double[])> Financing(StoryOutcome of) => [.. of.Financing.GroupBy(f => (f.Day, f.Trade, f.Kind))
        .OrderBy(g => g.Key).Select(g => ($"day {g.Key.Day}: trade {g.Key.Trade} {g.Key.Kind}", (double[])[g.Sum(f => f.Amount)]))];

    private static List<(string, double[])> Trades(StoryOutcome of) => [.. of.Trades.OrderBy(t => t.Trade)
        .Select(t => ($"trade {t.Trade} {t.Side} {t.Entered} to {t.Left} {t.Reason}",
            (double[])[t.Quantity, t.Entry, t.Exit, t.Profit, t.Commission, t.Financing]))];

    private static void Differ(List<string> differences, List<(string What, double[] Values)> found,
        List<(string What, double[] Values)> wanted)
    {
        for (var i = 0; i < Math.Max(found.Count, wanted.Count); i++)
        {
            var (f, w) = (found.ElementAtOrDefault(i), wanted.ElementAtOrDefault(i));
            if (f.What == w.What && f.Values.Zip(w.Values).All(p => Math.Abs(p.First - p.Second) <= Cent * Math.Max(1, Math.Abs(p.Second))))
                continue;
            differences.Add($"found {f.What} {string.Join(' ', f.Values ?? [])}, wanted {w.What} {string.Join(' ', w.Values ?? [])}");
        }
    }
}
