using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine.Analysis;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.Tests.Validation;

/// <summary>What public reports on false discoveries in backtests say of other programs, tried here.</summary>
public sealed class PublicReportTests : IDisposable
{
    private static readonly GranaryCatalogues s_catalogues = GranaryCataloguesBuilder.CreateDefault().Build();
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-reports-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // https://github.com/pmorissette/ffn/pull/317 and 346: 250 returns of 0.001 had a deflated Sharpe ratio of 1, and a ratio of 7e16.
    [Fact]
    public void Constant_returns_have_no_Sharpe_ratio_and_no_deflated_one()
    {
        foreach (var r in (double[])[0, 0.001, 0.1, -0.003])
            foreach (var n in (int[])[5, 250, 5000])
            {
                var sharpe = TraceSharpe.Of([.. Enumerable.Repeat(r, n)]);
                sharpe.Sharpe.ShouldBe(double.NaN);
                sharpe.Deflated(4).ShouldBe(double.NaN);
            }
    }

    // https://github.com/jesse-ai/jesse/pull/611: the best of 200 worthless trials over a year of days is expected to show 2.77, and a
    // ratio of a year must not meet a number of days.
    [Fact]
    public void The_best_of_200_worthless_trials_in_a_year_of_days_shows_2_77()
    {
        (new LuckBar(200).PerPeriod(365) * Math.Sqrt(365)).ShouldBe(2.77, 0.02);
        var random = new Random(5);
        double[] returns = [.. Enumerable.Range(0, 365)
            .Select(_ => 0.0012 + 0.01 * (random.NextDouble() + random.NextDouble() - 1) * 2.45)];
        // Half of that bar: about 1 of 200 trials, and a probability near 0.
        var sharpe = TraceSharpe.Of(returns);
        (sharpe.Sharpe * Math.Sqrt(365)).ShouldBeInRange(1, 2.7);
        sharpe.Deflated(200).ShouldBeLessThan(0.5);
    }

    // https://tachyon.dk/writing/thoth-deflated-sharpe: a Sharpe ratio of 0.5 fails the best of 2,500, a real one of 4 survives.
    [Theory]
    [InlineData(0.5, false)]
    [InlineData(4, true)]
    public void A_ratio_of_a_half_fails_the_best_of_2500_and_one_of_4_survives(double annual, bool survives)
    {
        // Ten years of weeks, whose deviation is 1 and whose mean is exact.
        double[] weeks = [.. Enumerable.Range(0, 520).Select(i => (annual / Math.Sqrt(52) + (i % 2 == 0 ? 1 : -1)) / 100)];
        (TraceSharpe.Of(weeks).Deflated(2_500) > 0.95).ShouldBe(survives);
    }

    // https://marketmaker.cc/pt/blog/post/deflated-sharpe-multiple-testing/: a grid of 16 by 40 moving averages on noise has one cell that
    // looks like an edge.
    [Fact]
    public async Task The_best_of_640_moving_averages_on_noise_is_not_traded()
    {
        var model = await RunAsync($$"""
            { "class": "SmaCross", "params": { "fast": [{{Numbers(16, 2, 2)}}], "slow": [{{Numbers(40, 40, 5)}}] },
              "size": { "percentOfEquity": 50 } }
            """, "winners");
        var figures = model.Section<ValidationFigures>()!;
        figures.Trials.ShouldBe(640);
        figures.DeflatedSharpe!.Value.ShouldBeLessThan(0.95);
        model.Section<ValidationChecks>()!.Decide().MayBeTraded.ShouldBeFalse();
        model.Strategies.Max(s => s.Stats!.Sharpe).ShouldBeGreaterThan(figures.Sharpe!.Value);
    }

    // https://github.com/polakowo/vectorbt/issues/638: without an order the Sharpe ratio was infinite.
    [Fact]
    public async Task A_strategy_without_an_order_has_no_ratio_and_nothing_passes()
    {
        var model = await RunAsync("""{ "class": "DonchianBreakout", "params": { "period": 5000, "exit": 10 } }""", "equal");
        var sharpe = model.Strategies[0].Stats?.Sharpe ?? double.NaN;
        double.IsInfinity(sharpe).ShouldBeFalse();
        var checks = model.Section<ValidationChecks>()!;
        checks[ValidationChecks.DeflatedSharpe].State.ShouldBe(ValidationState.Missing);
        checks.Decide().MayBeTraded.ShouldBeFalse();
    }

    private static string Numbers(int count, int first, int step) =>
        string.Join(", ", Enumerable.Range(0, count).Select(i => (first + i * step).ToString(CultureInfo.InvariantCulture)));

    private async Task<RunModel> RunAsync(string strategies, string weights)
    {
        var spec = new BatchReader(s_catalogues).Read("report.json", Encoding.UTF8.GetBytes($$"""
            { "name": "report", "data": { "source": "generated:NOISE?from=2014-01-01&to=2022-01-01&seed=3", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.01 }, "strategies": [ {{strategies}} ], "portfolio": { "weights": "{{weights}}" },
              "outputs": ["results"] }
            """), _folder);
        var options = new BatchOptions { Out = Path.Combine(_folder, "run"), Threads = 1, Yes = true };
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System, ledger: TrialLedger.None).RunAsync(spec, options, null,
            TestContext.Current.CancellationToken);
        return run.Model;
    }
}
