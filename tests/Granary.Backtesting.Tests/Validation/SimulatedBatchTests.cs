using Granary.Testing;

namespace Granary.Backtesting.Tests.Validation;

/// <summary>A small form of <c>Granary.Benchmarks validation power</c>, which has the figures over hundreds of batches.</summary>
public sealed class SimulatedBatchTests
{
    [Fact]
    public async Task Strategies_on_noise_never_pass_all_validation_checks()
    {
        for (var seed = 40; seed < 48; seed++)
        {
            var outcome = await SimulatedBatch.RunAsync(new(seed), cancellationToken: TestContext.Current.CancellationToken);
            outcome.PassedAll.ShouldBeFalse($"seed {seed}");
            outcome.Validation.GetProperty("effectiveTrials").GetDouble().ShouldBeInRange(2, 119);
            outcome.Validation.GetProperty("trials").GetInt64().ShouldBe(120);
        }
    }

    [Fact]
    public async Task A_planted_edge_passes_all_validation_checks_although_other_strategies_lose_on_purpose()
    {
        var (passed, raw) = (0, 0);
        const int edges = 6;
        for (var seed = 60; seed < 60 + edges; seed++)
        {
            var outcome = await SimulatedBatch.RunAsync(new(seed, 0.0024), cancellationToken: TestContext.Current.CancellationToken);
            outcome.Best.ShouldBeInRange(1.2, 3);
            if (outcome.PassedAll) passed++;
            if (outcome.Validation.GetProperty("rawDeflatedSharpe").GetDouble() > 0.95) raw++;
        }
        passed.ShouldBeGreaterThanOrEqualTo(edges * 2 / 3);
        // With every trial counted as independent, and their variance as the losers make it, not one edge is found.
        raw.ShouldBe(0);
    }
}
