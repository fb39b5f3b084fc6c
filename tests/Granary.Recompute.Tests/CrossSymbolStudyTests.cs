using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>What <c>features</c> says of features that read another symbol follows from the files of both markets.</summary>
public sealed class CrossSymbolStudyTests
{
    private static readonly string[] Names = ["return-of(BBB)", "return-of(BBB,5)[2]", "excess-return(BBB,3)", "ratio-zscore(BBB,10)",
        "beta(BBB,20)", "correlation(BBB,20,returns)"];

    [Fact]
    public async Task Columns_that_read_another_symbol_follow_from_the_bars_of_both()
    {
        using var folder = new TemporaryFolder();
        var days = RandomMarket.Weekdays(new DateTime(2016, 1, 4, 0, 0, 0, DateTimeKind.Utc), 500).ToList();
        MarketBar.Write(folder.File("data/AAA.csv"), new RandomMarket(70).Bars(days, 0.02));
        // The other market begins later and lacks days.
        MarketBar.Write(folder.File("data/BBB.csv"), new RandomMarket(71).Bars(days.Skip(30), 0.02, missing: 0.1));
        var (own, other) = (MarketBar.Read(folder.File("data/AAA.csv")), MarketBar.Read(folder.File("data/BBB.csv")));
        other.Count.ShouldBeLessThan(460);
        var pair = new PairFigures(own, other);
        var figures = new FeatureFigures(own, 0.8, 3, Names, pair.Value);
        var batch = folder.Write("batch.json", $$"""
            { "name": "study", "data": { "source": "csv:data", "symbols": ["AAA", "BBB"], "timeframe": "1d" },
              "strategies": [{ "class": "SmaCross", "params": { "fast": 3, "slow": 12 }, "symbols": ["AAA"] }],
              "learning": { "trainer": "logistic", "features": [{{string.Join(", ", Names.Select(n => $"\"{n}\""))}}],
                "label": { "kind": "direction", "bars": 3 } } }
            """);
        var study = JsonDocument.Parse(await GranaryCommand.RunAsync("features", batch, "--share", "0.8", "--json")).RootElement
            .GetProperty("studies")[0];
        var corrected = FeatureFigures.Corrected(figures.Features);
        var shown = study.GetProperty("features").EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!);
        shown.Count.ShouldBe(Names.Length);
        foreach (var feature in figures.Features)
        {
            var row = shown[feature.Name];
            row.GetProperty("samples").GetInt32().ShouldBe(feature.Samples);
            Near(row, "correlation", feature.Correlation);
            Near(row, "pValue", feature.PValue);
            Near(row, "adjusted", corrected[feature]);
            var column = row.GetProperty("figures");
            column.GetProperty("count").GetInt32().ShouldBe(feature.Column.Count);
            feature.Column.Count.ShouldBeLessThan(figures.Bars - 25);
            Near(column, "missing", feature.Column.Missing);
            Near(column, "mean", feature.Column.Mean);
            Near(column, "deviation", feature.Column.Deviation);
            var quantiles = column.GetProperty("quantiles").EnumerateArray().Select(q => q.GetDouble()).ToList();
            foreach (var (k, quantile) in feature.Column.Quantiles.Index()) quantiles[k].ShouldBe(quantile, 1e-9, feature.Name);
        }

        void Near(JsonElement row, string name, double value) => row.GetProperty(name).GetDouble().ShouldBe(value, 1e-7, name);
    }
}
