using System.Globalization;
using System.Text.Json;
using Granary.Engine.Market;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Engine.Tests.Strategies;

/// <summary>What backtrader recorded of a run: oracles/README.md has the rules.</summary>
internal sealed class BacktraderCase
{
    private BacktraderCase(JsonElement json, string barFolder)
    {
        Json = json;
        BarFolder = barFolder;
    }

    public JsonElement Json { get; }

    private string BarFolder { get; }

    public JsonElement Spec => Json.GetProperty("spec");

    public IReadOnlyList<string> Files => [.. Spec.GetProperty("files").EnumerateArray().Select(f => f.GetString()!)];

    public double FinalValue => Json.GetProperty("final_value").GetDouble();

    public double FinalCash => Json.GetProperty("final_cash").GetDouble();

    /// <summary>Of the shared oracles, or of the synthetic ones that a lone clone has too.</summary>
    public static BacktraderCase Load(string name, bool synthetic)
    {
        var path = synthetic
            ? Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "backtests", name + ".json")
            : SharedData.Require($"oracles/backtests/{name}.json");
        var bars = synthetic ? Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars")
            : SharedData.Require("data/backtrader");
        return new BacktraderCase(JsonDocument.Parse(File.ReadAllText(path)).RootElement.Clone(), bars);
    }

    /// <summary>A file's raw bars, within the case's dates.</summary>
    public SampleBars.Feed Feed(string file)
    {
        var feed = SampleBars.Read(Path.Combine(BarFolder, file), Timeframe.D1);
        var from = Date("from", long.MinValue);
        var to = Date("to", long.MaxValue);
        var symbol = Path.GetFileNameWithoutExtension(file);
        return new SampleBars.Feed(feed.Series with { Instrument = feed.Series.Instrument with { Symbol = symbol } },
            [.. feed.Bars.Where(b => b.Time >= from && b.Time <= to)]);
    }

    private long Date(string property, long missing) =>
        Spec.TryGetProperty(property, out var text) ? DateTime.Parse(text.GetString()!, CultureInfo.InvariantCulture).Ticks : missing;

    /// <summary>Demands that the closed trades of one symbol are those of the case.</summary>
    public void Agrees(IReadOnlyList<Trade> trades, string file)
    {
        var expected = Json.GetProperty("trades").EnumerateArray().Where(t => t.GetProperty("data").GetString() == file).ToList();
        trades.Count.ShouldBe(expected.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            var (e, t) = (expected[i], trades[i]);
            var at = $"trade {i + 1}";
            new DateTime(t.EntryTime).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture).ShouldBe(e.GetProperty("entry").GetString(), at);
            new DateTime(t.ExitTime).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture).ShouldBe(e.GetProperty("exit").GetString(), at);
            (t.Side == Side.Buy ? "long" : "short").ShouldBe(e.GetProperty("side").GetString(), at);
            Near(t.Quantity, Math.Abs(e.GetProperty("size").GetDouble()), 1e-9, at);
            Near(t.EntryPrice, e.GetProperty("entry_price").GetDouble(), 1e-9, at);
            Near(t.ExitPrice, e.GetProperty("exit_price").GetDouble(), 1e-9, at);
            Near(t.Profit, e.GetProperty("pnl").GetDouble(), 1e-8, at);
            Near(t.NetProfit, e.GetProperty("pnlcomm").GetDouble(), 1e-8, at);
            t.Bars.ShouldBe(e.GetProperty("barlen").GetInt32(), at);
        }
    }

    public static void Near(double actual, double expected, double relative, string what) =>
        Math.Abs(actual - expected)
            .ShouldBeLessThanOrEqualTo(relative * Math.Max(1, Math.Abs(expected)), $"{what}: {actual:R} instead of {expected:R}");
}
