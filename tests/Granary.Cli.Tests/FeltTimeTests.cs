using Granary.Testing;

namespace Granary.Cli.Tests;

public class FeltTimeTests
{
    private static readonly DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Seconds_count_the_start_of_the_process_too()
    {
        var clock = new ManualClock();
        var felt = new ElapsedTime(clock, TimeSpan.FromSeconds(0.3));
        clock.Advance(TimeSpan.FromSeconds(7.2));
        felt.Seconds.ShouldBe(7.5, 1e-9);
        felt.Sentence().ShouldBe("7.5 s from call to result");
        felt.Sentence(6)
            .ShouldBe("7.5 s from call to result, of which 6.0 s until the results were ready and the rest for start and files");
    }

    [Theory, InlineData(-3600), InlineData(3600)]
    public void A_clock_that_was_set_while_the_process_started_does_not_count(double seconds) =>
        ElapsedTime.BeforeNow(_now, _now.AddSeconds(-seconds)).ShouldBe(TimeSpan.Zero);

    [Fact]
    public void The_time_before_the_program_is_that_since_the_start_of_the_process()
    {
        ElapsedTime.BeforeNow(_now, _now.AddSeconds(-0.4)).ShouldBe(TimeSpan.FromSeconds(0.4));
        ElapsedTime.OfProcess.Seconds.ShouldBeGreaterThan(0);
    }
}
