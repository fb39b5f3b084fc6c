using Granary.Testing;

namespace Granary.Simulated.Tests;

/// <summary>Seeds of the simulator: sessions, journals, venues, the server's jobs and batches on silos, with drawn faults.</summary>
public sealed class SeedTests
{
    private static readonly int Seeds = TestEffort.Of(2_000, 200_000);

    [Fact]
    public async Task Every_seed_meets_every_demand()
    {
        var (exit, lines, error) = await SeedRunner.RunAsync("0", $"{Seeds}");
        lines[^1].ShouldStartWith($"{Seeds} seeds, 0 failed, digest ", customMessage: string.Join('\n', lines.TakeLast(40)) + error);
        exit.ShouldBe(0);
    }

    [Fact]
    public async Task The_same_seeds_leave_the_same_traces_in_another_process_and_when_they_run_twice()
    {
        var first = await SeedRunner.RunAsync("1000000", "80", "--twice");
        var second = await SeedRunner.RunAsync("1000000", "80");
        first.Lines.ShouldHaveSingleItem(string.Join('\n', first.Lines) + first.Error);
        second.Lines.ShouldBe(first.Lines);
    }

    [Fact]
    public async Task A_broken_rule_is_found_and_the_fault_that_suffices_is_named()
    {
        var (exit, lines, _) = await SeedRunner.RunAsync("0", "20", "--scenario", "broken");
        exit.ShouldBe(1);
        lines[^1].ShouldMatch("^20 seeds, [1-9][0-9]* failed, digest [0-9a-f]{32}$");
        lines[0].ShouldMatch(@"^seed \d+ \(broken\): acknowledged facts survive: ");
        lines[1].ShouldMatch(@"^  of \d+ faults these suffice: kill \d+$");
    }

    [Fact]
    public async Task A_trace_has_the_time_the_process_and_the_event_of_each_line()
    {
        var (_, lines, _) = await SeedRunner.RunAsync("3", "1", "--scenario", "echo", "--trace");
        lines[0].ShouldMatch(@"^00:00:00 +p0 +begins$");
        lines.ShouldContain(l => l.EndsWith("p1 says", StringComparison.Ordinal));
        lines[^1].ShouldMatch("^1 seeds, 0 failed, digest [0-9a-f]{32}$");
    }

    [Theory]
    [InlineData("usage: tests/seeds.sh FIRST COUNT", "1")]
    [InlineData("usage: tests/seeds.sh FIRST COUNT", "1", "0")]
    [InlineData("usage: tests/seeds.sh FIRST COUNT", "1", "1", "--fast")]
    [InlineData("there is no scenario 'sea'; there are ", "1", "1", "--scenario", "sea")]
    public async Task Wrong_arguments_end_with_a_sentence(string sentence, params string[] arguments)
    {
        var (exit, _, error) = await SeedRunner.RunAsync(arguments);
        exit.ShouldBe(2);
        error.ShouldStartWith(sentence);
    }
}
