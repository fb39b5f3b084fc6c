using Granary.Silo.Clustering;
using Granary.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Cluster.Tests.Silos;

/// <summary>A silo whose clock is set back stops, since Orleans cannot activate grains on it.</summary>
public sealed class ClockWatchTests : IDisposable
{
    private readonly int _exitCode = Environment.ExitCode;

    public void Dispose() => Environment.ExitCode = _exitCode;

    [Theory]
    [InlineData(-2 * 3600, true)]
    [InlineData(-90, true)]
    [InlineData(-30, false)]
    [InlineData(2 * 3600, false)]
    public async Task A_silo_stops_when_its_clock_is_set_back_by_more_than_a_minute(int seconds, bool stops)
    {
        var clock = new SteppedClock();
        using var life = new Life();
        using var watch = new ClockWatch(clock, life, NullLogger<ClockWatch>.Instance);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        await clock.Time.WaitedForAsync();
        await PassAsync(clock);
        life.IsStopped.ShouldBeFalse();
        clock.Step += TimeSpan.FromSeconds(seconds);
        await PassAsync(clock);
        if (stops) await watch.ExecuteTask!.WaitAsync(Eventually.Longest);
        (life.IsStopped, Environment.ExitCode == 1).ShouldBe((stops, stops));
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Steps_forward_and_back_again_and_several_short_ones_count_from_the_latest_time()
    {
        var clock = new SteppedClock();
        using var life = new Life();
        using var watch = new ClockWatch(clock, life, NullLogger<ClockWatch>.Instance);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        await clock.Time.WaitedForAsync();
        foreach (var seconds in (int[])[3600, -25, -25])
        {
            clock.Step += TimeSpan.FromSeconds(seconds);
            await PassAsync(clock);
            life.IsStopped.ShouldBeFalse();
        }
        clock.Step -= TimeSpan.FromSeconds(25);
        await PassAsync(clock);
        await watch.ExecuteTask!.WaitAsync(Eventually.Longest);
        life.IsStopped.ShouldBeTrue();
    }

    // Two periods, each seen by the watch.
    private static async Task PassAsync(SteppedClock clock)
    {
        for (var i = 0; i < 2; i++)
        {
            var reads = clock.Reads;
            clock.Time.Advance(TimeSpan.FromSeconds(5));
            await Eventually.HoldsAsync(() => clock.Reads > reads || clock.Time.NextDue is null);
        }
    }

    // The time of day steps; the time that passes does not.
    private sealed class SteppedClock : TimeProvider
    {
        private int _reads;

        public ManualClock Time { get; } = new();

        public TimeSpan Step { get; set; }

        public int Reads => Volatile.Read(ref _reads);

        public override long TimestampFrequency => Time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Increment(ref _reads);
            return Time.GetUtcNow() + Step;
        }

        public override long GetTimestamp() => Time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            Time.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class Life : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public bool IsStopped => _stopping.IsCancellationRequested;

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
