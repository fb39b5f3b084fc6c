using Granary.Storage.Retries;
using Granary.Testing;

namespace Granary.Storage.Tests.Retries;

public sealed class ReconnectionTests
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    private readonly ManualClock _clock = new();

    private Reconnection Create() => new(_clock, TimeSpan.FromMilliseconds(500), s_longest);

    // Waits for the pause, and returns its length.
    private async Task<TimeSpan> PauseAsync(Reconnection reconnection)
    {
        var pause = reconnection.PauseAsync(CancellationToken.None);
        var length = await _clock.WaitedForAsync();
        _clock.Advance(length);
        await pause;
        return length;
    }

    [Fact]
    public async Task A_server_that_accepts_and_closes_gets_some_ten_connections_in_five_minutes_and_then_one_a_minute()
    {
        var (reconnection, began) = (Create(), _clock.GetUtcNow());
        var connections = 0;
        while (_clock.GetUtcNow() - began < TimeSpan.FromMinutes(5))
        {
            connections++;
            reconnection.Opened();
            reconnection.Lost();
            await PauseAsync(reconnection);
        }
        // Pauses of 0.5, 1, 2, 4, 8, 16, 32, 60, 60 … s on average, each half to one and a half times as long.
        connections.ShouldBeInRange(8, 18);
        (await PauseAsync(reconnection)).ShouldBeInRange(s_longest / 2, s_longest * 1.5);
        reconnection.Fruitless.ShouldBe(connections);
    }

    [Fact]
    public async Task News_end_the_row_of_fruitless_connections_but_only_a_long_connection_makes_the_pauses_short_again()
    {
        var reconnection = Create();
        for (var i = 0; i < 8; i++)
        {
            reconnection.Opened();
            reconnection.Brought();
            reconnection.Lost();
            await PauseAsync(reconnection);
            reconnection.Fruitless.ShouldBe(0);
        }
        (await PauseAsync(reconnection)).ShouldBeGreaterThanOrEqualTo(s_longest / 2);
        reconnection.Opened();
        _clock.Advance(s_longest);
        reconnection.Lost();
        (await PauseAsync(reconnection)).ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(750));
    }

    [Fact]
    public async Task An_attempt_that_takes_long_and_opens_nothing_is_no_long_connection()
    {
        var reconnection = Create();
        for (var i = 0; i < 8; i++)
        {
            _clock.Advance(2 * s_longest);
            reconnection.Lost();
            await PauseAsync(reconnection);
        }
        reconnection.Fruitless.ShouldBe(8);
        (await PauseAsync(reconnection)).ShouldBeGreaterThanOrEqualTo(s_longest / 2);
    }
}
