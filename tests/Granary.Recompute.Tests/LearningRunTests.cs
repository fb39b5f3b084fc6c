using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The account of a batch whose entries are gated and sized by a model follows from its trades and the bars.</summary>
public class LearningRunTests
{
    [Fact]
    public async Task Figures_of_a_learning_batch_follow_from_its_trades_and_bars()
    {
        using var folder = new TemporaryFolder();
        await GranaryCommand.RunAsync("backtest", Repository.Sample("learning.json"), "--out", folder.File("run"), "--quiet");

        var files = new RunFiles(folder.File("run"));
        var markets = files.Weighted.Select(s => s.GetProperty("symbol").GetString()!).Distinct()
            .ToDictionary(s => s, s => MarketBar.Read(Repository.Sample($"data/1h/{s}.csv")), StringComparer.Ordinal);
        AccountCheck.Portfolio(files, new MarketSet(markets), 100_000, LearningCommission);
    }

    private const double LearningCommission = 0.0005;
}
