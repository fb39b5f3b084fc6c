using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;
using Granary.Testing;

namespace Granary.Recompute.Tests;

/// <summary>What must hold for any batch holds for ten drawn ones, and for a thousand with <c>GRANARY_TEST_LONG=1</c>.</summary>
public class RandomBatchTests
{
    private static readonly int s_batchesPerCase = TestEffort.Of(1, 100);

    public static TheoryData<int> FirstSeeds => [.. Enumerable.Range(0, 10).Select(i => i * s_batchesPerCase)];

    [Theory]
    [MemberData(nameof(FirstSeeds))]
    public async Task Figures_of_random_batches_follow_from_their_trades_and_bars(int firstSeed)
    {
        var failures = new List<string>();
        for (var seed = firstSeed; seed < firstSeed + s_batchesPerCase; seed++)
        {
            try
            {
                await DemandAsync(seed);
            }
            catch (ShouldAssertException e)
            {
                failures.Add($"seed {seed}: {e.Message}");
            }
        }
        failures.ShouldBeEmpty();
    }

    private static async Task DemandAsync(int seed)
    {
        using var folder = new TemporaryFolder();
        var batch = new RandomBatch(seed);
        // One thread and no validation checks, which cost more than a batch of some hundred bars and change none of these figures.
        await GranaryCommand.RunAsync("backtest", batch.Write(folder), "--out", folder.File("run"), "--quiet", "--threads", "1",
            "--no-guards");
        var files = new RunFiles(folder.File("run"));
        var markets = new MarketSet(batch.Markets);
        AccountCheck.Portfolio(files, markets, RandomBatch.Cash, batch.Commission);
        AccountCheck.Strategies(files, markets, RandomBatch.Cash, batch.Commission);
    }
}
