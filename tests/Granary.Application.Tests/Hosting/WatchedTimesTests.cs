using Granary.Application.Simulation;
using Granary.Testing;

namespace Granary.Application.Tests.Hosting;

public sealed class WatchedTimesTests
{
    [Fact]
    public void A_strategys_deadline_does_not_run_while_its_process_is_suspended()
    {
        var clock = new ManualClock();
        var watched = new WatchedTime(clock, TimeSpan.FromSeconds(0.5));
        clock.Advance(TimeSpan.FromSeconds(0.2));
        watched.Look().TotalSeconds.ShouldBe(0.2);
        // a paused machine: two minutes between two looks
        clock.Advance(TimeSpan.FromMinutes(2));
        watched.Look().TotalSeconds.ShouldBe(0.7);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        watched.Look().TotalSeconds.ShouldBe(0.8);
    }
}
