using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

[Strategy("Enters at every second bar, reads another symbol, and fails at its end after too many bars; only for tests.")]
public sealed class ReadsAnother : Strategy
{
    private readonly Factor _with;
    private readonly int _most;
    private int _bars;

    public ReadsAnother(string symbol = "FOLLOW", int most = 100_000) =>
        (_with, _most) = (Use($"correlation({symbol},2)"), most);

    public override void OnBar(StrategyContext bar)
    {
        _bars++;
        if (bar.InMarket) bar.Exit();
        else if (bar[_with] > -2) bar.Enter(Side.Buy);
    }

    public override void OnStop(StrategyContext context)
    {
        // As code does that a strategy calls by reflection.
        if (_bars > _most) throw new TargetInvocationException(new InvalidOperationException($"more than {_most} bars"));
    }
}

/// <summary>The outcome of a strategy in a session is that of a batch over the same bars.</summary>
public sealed class LiveOutcomesTests : IDisposable
{
    private const int Learned = 400, Count = 700;

    private readonly SessionUnderTest _under = new();

    private string Data => Path.Combine(_under.Folder, "data");

    public void Dispose() => _under.Dispose();

    private static string Hour(int hour) =>
        LeadingMarket.Start.AddHours(hour).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // The strategy over all bars, in a batch and in a session; its configuration is that of a batch over fewer bars.
    private async Task<(StrategyEntry Batch, StrategyEntry Live)> OfBothAsync(int most, string cash)
    {
        LeadingMarket.Write(Data, Count);
        var earlier = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read("earlier.json", Encoding.UTF8.GetBytes($$"""
            { "name": "earlier", "data": { "source": "csv:{{Data}}", "symbols": ["FOLLOW", "LEAD"], "timeframe": "1h",
                "to": "{{Hour(Learned)}}" },
              "strategies": [ { "class": "ReadsAnother", "params": { "most": {{most}} }, "symbols": ["LEAD"],
                "size": { "cash": 10000 } } ], "portfolio": { "weights": "equal", "onInsufficientCash": "{{cash}}" } }
            """), _under.Folder), "earlier");
        var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(earlier.Folder, "prod.json")))!;
        prod["data"]!["to"] = Hour(Count);
        var path = Path.Combine(_under.Folder, "prod.json");
        File.WriteAllText(path, prod.ToJsonString());
        var batch = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read(path), "batch");
        var live = await _under.LiveAsync(batch, with: r => r with { Production = path, Feed = Address.Parse("csv:" + Data), To = null });
        return (batch.Model.Strategies.Single(), live.Run.Model.Strategies.Single());
    }

    [Theory]
    [InlineData("resize")]
    [InlineData("reject")]
    public async Task A_strategy_that_fails_at_its_end_has_the_reason_that_it_has_in_a_batch(string cash)
    {
        var (batch, live) = await OfBothAsync(500, cash);
        batch.Error.ShouldBe("InvalidOperationException: more than 500 bars");
        live.Error.ShouldBe(batch.Error);
        live.Stats.ShouldBeNull();
    }

    [Theory]
    [InlineData("resize")]
    [InlineData("reject")]
    public async Task A_strategy_that_reads_another_symbol_is_annualised_by_its_own_bars(string cash)
    {
        var (batch, live) = await OfBothAsync(100_000, cash);
        batch.Stats!.Trades.ShouldBeGreaterThan(100);
        live.Error.ShouldBeNull();
        // LEAD lacks hours that FOLLOW has, so that both together have more bars in a year.
        foreach (var key in (string[])["periodsPerYear", "volatility", "sharpe", "sortino", "calmar", "finalEquity"])
            live.Stats![key].ShouldBe(batch.Stats[key], key);
    }
}
