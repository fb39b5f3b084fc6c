namespace Granary.Simulated.Tests;

/// <summary>Seeds that found a fault of the product, by the rule that it broke. Each failed without the correction.</summary>
/// <remarks>
/// A seed means the same while the draws of its scenario stay. After a change of these, take the correction out in a copy and look for
/// another seed.
/// </remarks>
public sealed class FoundSeedTests
{
    [Theory]
    [InlineData("sessions", 977, "a closed position may differ from zero by the rounding errors of its fills")]
    [InlineData("sessions", 92, "what the venue makes of bars is in the journal only with the bars")]
    [InlineData("sessions-on-disk", 48, "what the paper venue has written is durable before what the session made of it")]
    [InlineData("journal", 174, "a journal whose head was not finished is empty, and not damaged")]
    [InlineData("journal", 752, "the name of a journal's folder is durable before its first entry is acknowledged")]
    [InlineData("journal", 68, "unflushed records with a whole one after them are cut off, and not damage")]
    [InlineData("journal", 63, "a lock whose file could not be written is released")]
    [InlineData("server", 2153, "a charge is answered when it is durable, also after another process was killed")]
    [InlineData("server", 557, "a refused submission does not come back as a job")]
    [InlineData("server", 1520, "a resume whose write failed leaves the job as it was")]
    [InlineData("batches", 5, "a job that gets its place does not write over its cancellation")]
    public async Task Meets_every_demand(string scenario, int seed, string rule)
    {
        var (exit, lines, error) = await SeedRunner.RunAsync($"{seed}", "1", "--scenario", scenario);
        lines[^1].ShouldStartWith("1 seeds, 0 failed, digest ", customMessage: $"{rule}: {string.Join('\n', lines)}{error}");
        exit.ShouldBe(0);
    }
}
