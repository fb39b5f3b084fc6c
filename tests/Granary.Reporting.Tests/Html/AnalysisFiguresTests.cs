using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Contracts.Runs;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Pages;
using Granary.Reporting.Tests.Synthetic;

namespace Granary.Reporting.Tests.Html;

public sealed class AnalysisFiguresTests
{
    [Theory]
    [InlineData(900)]
    [InlineData(6_000)]
    public void The_histogram_of_trades_counts_every_trade_also_where_the_chart_draws_a_sample(int trades)
    {
        var run = SyntheticRun.Make(strategies: 60, trades: trades);
        using var file = new MemoryStream();
        new RunReport(run.Model, run).WriteAnalysis(file);
        var figures = JsonSerializer.Deserialize<RunAnalysis>(file.ToArray(), JobJson.Options)!.Trades!;
        var closed = run.PortfolioTrades().Count(t => t.Trade.Reason != ExitReason.Open);
        (figures.Trades, figures.Returns.Counts.Sum()).ShouldBe((closed, closed));
        figures.Points.Count.ShouldBeLessThanOrEqualTo(closed);
    }
}
