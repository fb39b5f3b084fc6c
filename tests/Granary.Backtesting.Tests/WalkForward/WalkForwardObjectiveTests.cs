using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.WalkForward;

/// <summary>Is always in the market on one side, or never; only for tests.</summary>
[Strategy("Is always in the market on one side, or never; only for tests.")]
public sealed class OneSide([Range(-1, 1)] int side = 1) : Strategy
{
    public override void OnBar(StrategyContext bar)
    {
        if (side != 0 && !bar.InMarket && !bar.HasPendingEntry((Side)side)) bar.Enter((Side)side);
    }
}

/// <summary>Which candidate a window chooses if objectives are undefined.</summary>
public sealed class WalkForwardObjectiveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-objective-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<List<string>> ChosenAsync(string objective, double dailyPercent, string sides)
    {
        var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
        var price = 100.0;
        for (var day = new DateTime(2022, 1, 3); day < new DateTime(2022, 9, 1); day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            price *= 1 + dailyPercent / 100;
            text.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{price},{price},{price},{price},1000\n");
        }
        File.WriteAllText(Path.Combine(_folder, "X.csv"), text.ToString());
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "test", "data": { "source": "csv:{{_folder}}", "symbols": "*", "timeframe": "1d" },
              "strategies": [ { "class": "OneSide", "params": { "side": {{sides}} }, "size": { "percentOfEquity": 90 } } ],
              "walkForward": { "inSample": "2mo", "outOfSample": "1mo", "objective": "{{objective}}", "choose": "market" } }
            """), _folder);
        var (_, outcome) = await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, $"{objective}-{dailyPercent}-{sides.Length}"), Validation = false }, null,
            TestContext.Current.CancellationToken);
        var choices = outcome.Groups.Single().Choices;
        choices.Count.ShouldBeGreaterThan(3);
        return [.. choices.Select(c => c.Strategy < 0 ? "none" : c.Strategy.ToString(CultureInfo.InvariantCulture)).Distinct()];
    }

    [Theory]
    [InlineData("sortino"), InlineData("calmar"), InlineData("profitFactor"), InlineData("sharpe"), InlineData("totalReturn")]
    public async Task A_candidate_that_has_lost_nothing_is_chosen_and_not_thrown_away(string objective)
    {
        // The market rises each day: the long candidate never loses, the short one always. Then the market falls.
        (await ChosenAsync(objective, 0.5, "[-1, 0, 1]")).ShouldBe(["2"]);
        (await ChosenAsync(objective, -0.5, "[-1, 0, 1]")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task A_candidate_that_has_traded_nothing_is_behind_one_that_lost_and_is_never_chosen()
    {
        (await ChosenAsync("sortino", 0.5, "[0, -1]")).ShouldBe(["1"]);
        (await ChosenAsync("sortino", 0.5, "0")).ShouldBe(["none"]);
    }
}
