using Granary.Testing;

namespace Granary.Simulated.Tests;

/// <summary>Seeds of sessions that found a fault of the product. Each fails again without its correction.</summary>
public sealed class SessionSeedTests
{
    [Fact]
    public Task A_closed_position_may_differ_from_zero_by_the_rounding_errors_of_its_fills() => MeetsAllAsync("977");

    [Fact]
    public Task What_the_venue_makes_of_bars_is_not_in_the_journal_before_the_bars() => MeetsAllAsync("92");

    private static async Task MeetsAllAsync(string seed)
    {
        var (exit, lines, error) = await SeedRunner.RunAsync(seed, "1", "--scenario", "sessions");
        lines[^1].ShouldStartWith("1 seeds, 0 failed, digest ", customMessage: string.Join('\n', lines) + error);
        exit.ShouldBe(0);
    }
}
