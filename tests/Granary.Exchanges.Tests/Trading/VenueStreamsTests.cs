using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>
/// How often an account's websocket is opened again. The exchange is a local server with real websockets; only the pauses between two
/// connections pass by the test's own clock.
/// </summary>
public sealed class VenueStreamsTests : IAsyncDisposable
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(100), s_longest = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = new();
    private readonly CancellationTokenSource _stop = new();
    private ExchangeServer _server = null!;
    private IVenue _venue = null!;
    private VenueStreams _streams = null!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _streams.DisposeAsync();
        await _venue.DisposeAsync();
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ListenAsync(string exchange, SocketEnd end)
    {
        _server = await ExchangeServer.StartAsync(TestExchange.Named(exchange).Dialect(new MarketTerms()));
        _server.Faults.Sockets = end;
        _venue = TestExchange.Named(exchange).Open(_server.Endpoint);
        _streams = new VenueStreams(_venue, [], _clock);
        _streams.Listen(_stop.Token);
    }

    // Waits until the stream pauses, and lets the pause pass.
    private async Task<TimeSpan> PauseAsync()
    {
        var pause = await _clock.WaitedForAsync();
        _clock.Advance(pause);
        return pause;
    }

    // The pause behind so many others, with its jitter of one half.
    private static void IsAfter(TimeSpan pause, int others)
    {
        var mean = Math.Min(s_longest.TotalSeconds, s_first.TotalSeconds * Math.Pow(2, others));
        pause.TotalSeconds.ShouldBeInRange(mean / 2 - 1e-6, 1.5 * mean + 1e-6, $"after {others} pauses");
    }

    public static TheoryData<string, string> Ends
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var exchange in TestExchange.All)
                foreach (var end in (SocketEnd[])[SocketEnd.AtOnce, SocketEnd.Answered, SocketEnd.Unreadable])
                    data.Add(exchange.Name, $"{end}");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task An_exchange_that_accepts_and_ends_each_connection_gets_one_for_each_pause_and_the_pauses_grow(string exchange,
        string end)
    {
        await ListenAsync(exchange, Enum.Parse<SocketEnd>(end));
        var begun = _clock.GetUtcNow();
        const int connections = 20;
        for (var i = 0; i < connections; i++)
        {
            IsAfter(await PauseAsync(), others: i);
            _streams.IsConnected.ShouldBeFalse();
        }
        await _clock.WaitedForAsync();
        _server.Accepted.ShouldBe(connections + 1);
        // Nine pauses grow, the others are of half a minute or a little less or more.
        (_clock.GetUtcNow() - begun).ShouldBeGreaterThan(TimeSpan.FromMinutes(3));
    }

    [Theory]
    [MemberData(nameof(TestExchange.Names), MemberType = typeof(TestExchange))]
    public async Task Only_a_connection_that_stayed_open_for_the_longest_pause_makes_the_next_pause_short_again(string exchange)
    {
        await ListenAsync(exchange, SocketEnd.AtOnce);
        for (var i = 0; i < 5; i++) await PauseAsync();
        await _clock.WaitedForAsync();
        _server.Faults.Sockets = SocketEnd.Never;
        await PauseAsync();
        await Eventually.HoldsAsync(() => _streams.IsConnected);
        _clock.Advance(s_longest - TimeSpan.FromSeconds(1));
        _server.DropSockets();
        IsAfter(await PauseAsync(), others: 6);
        await Eventually.HoldsAsync(() => _streams.IsConnected);
        _clock.Advance(s_longest);
        _server.DropSockets();
        IsAfter(await PauseAsync(), others: 0);
    }
}
