using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The states of markets, on the page and in results.json.</summary>
internal static class RegimeTables
{
    public static void Check(PageCheck check, ResultsCheck results, JsonElement section, RegimeBatch batch)
    {
        results.Number("markets", batch.Markets.Count);
        foreach (var (i, chart) in section.GetProperty("charts").EnumerateArray().Index())
        {
            var symbol = chart.GetProperty("symbol").GetString()!;
            var bars = batch.Markets[symbol];
            // The model is fitted by the product; all that follows from its states is recomputed.
            var hidden = chart.GetProperty("machines").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "hidden")
                .GetProperty("states").EnumerateArray().Select(s => s.GetInt32()).ToArray();
            var states = RegimeBatch.States(bars, hidden);
            Page(check, chart, bars, states);
            Results(results, $"charts[{i}].", bars, states);
        }
    }

    private static void Page(PageCheck check, JsonElement chart, List<MarketBar> bars, List<int[]> states)
    {
        var symbol = chart.GetProperty("symbol").GetString()!;
        check.Chart($"{symbol}, 1d closes", new Dictionary<string, IReadOnlyDictionary<DateTime, double>>
        {
            [symbol] = bars.ToDictionary(b => b.Time, b => b.Close),
        });
        check.Drawn($"{symbol}, states");
        var machines = RegimeBatch.Machines.Zip(states, (m, s) => (m.Name, Names: m.States, States: s)).ToList();
        check.Sentences.Says(
            string.Join("; ", machines.Select(m => $"{m.Name}: {string.Join(", ", m.Names.Select(n => $"{n} {{}} of the time"))}")),
            [.. machines.SelectMany(m => m.Names.Select((_, s) => m.States.Count(x => x == s) / (double)m.States.Count(x => x >= 0)))]);
        foreach (var machine in chart.GetProperty("machines").EnumerateArray())
            check.List($"{symbol}, {machine.GetProperty("name").GetString()}: how its states follow one another",
                JsonRecord.List(machine, "statistics"));
        check.List($"{symbol}: how far machines agree", JsonRecord.List(chart, "agreement"));
    }

    private static void Results(ResultsCheck results, string chart, List<MarketBar> bars, List<int[]> states)
    {
        results.Text(chart + "timeframe", "1d");
        for (var p = 0; p < bars.Count; p++)
        {
            results.Number($"{chart}time[{p}]", bars[p].Time.Ticks, 0);
            results.Number($"{chart}close[{p}]", bars[p].Close);
            for (var m = 0; m < states.Count; m++) results.Number($"{chart}machines[{m}].states[{p}]", states[m][p]);
        }
        foreach (var (m, (_, names)) in RegimeBatch.Machines.Index())
            for (var s = 0; s < names.Length; s++)
            {
                var (figures, path) = (StateFigures.Of(bars, states[m], s, names.Length), $"{chart}machines[{m}].statistics[{s}].");
                results.Number(path + "share", figures.Share);
                results.Number(path + "spells", figures.Spells);
                results.Number(path + "meanSpell", figures.MeanSpell);
                results.Number(path + "nextReturn", figures.NextReturn);
                results.Number(path + "nextDeviation", figures.NextDeviation);
                for (var to = 0; to < names.Length; to++) results.Number($"{path}to[{to}]", figures.To[to]);
            }
        foreach (var (i, (a, b)) in Pairs().Index())
            results.Number($"{chart}agreement[{i}].adjustedRand", StateFigures.Agreement(states[a], states[b]));
    }

    private static IEnumerable<(int First, int Second)> Pairs() =>
        Enumerable.Range(0, 4).SelectMany(a => Enumerable.Range(a + 1, 3 - a).Select(b => (a, b)));
}
