using System.Threading.Channels;
using Granary.Engine.Brokerage;
using Granary.Exchanges.Connections;
using Granary.Storage.Retries;

namespace Granary.Exchanges.Trading;

/// <summary>The websockets of an account as one stream of news; a lost connection is reopened.</summary>
internal sealed class VenueStreams(IVenue venue, IReadOnlyList<VenueInstrument> instruments, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromSeconds(30);

    private readonly Channel<VenueNews> _news = Channel.CreateUnbounded<VenueNews>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<Task> _tasks = [];
    private readonly Lock _lock = new();
    private bool _watches;
    private volatile bool _connected;

    /// <summary>Whether the account's private websocket is open.</summary>
    public bool IsConnected => _connected;

    /// <summary>Starts the account's private websocket.</summary>
    public void Listen(CancellationToken cancellationToken) => Start(venue.ListenAsync, isPrivate: true, cancellationToken);

    /// <summary>Starts the price websocket; a second call has no effect.</summary>
    public void Watch(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_watches) return;
            _watches = true;
        }
        Start(stop => venue.WatchAsync(instruments, stop), isPrivate: false, cancellationToken);
    }

    private void Start(Func<CancellationToken, IAsyncEnumerable<VenueNews>> open, bool isPrivate, CancellationToken cancellationToken)
    {
        lock (_lock) _tasks.Add(Task.Run(() => RunAsync(open, isPrivate, cancellationToken), cancellationToken));
    }

    private async Task RunAsync(Func<CancellationToken, IAsyncEnumerable<VenueNews>> open, bool isPrivate,
        CancellationToken cancellationToken)
    {
        // Without an end: an account needs its fills again whenever the exchange is back, and asks for them meanwhile.
        var reconnection = new Reconnection(clock, First, Longest);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var news in open(cancellationToken).ConfigureAwait(false))
                {
                    reconnection.Opened();
                    if (isPrivate && news.Connected) _connected = true;
                    _news.Writer.TryWrite(news);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // The venue is away, refused the stream, or sent what is none of its messages. The broker asks for orders and fills
                // while the stream is lost, and its requests report a refused key.
            }
            if (isPrivate && _connected)
            {
                _connected = false;
                _news.Writer.TryWrite(new VenueNews { Lost = true });
            }
            reconnection.Lost();
            await reconnection.PauseAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the news since the last call; waits for the first one, at most this long.</summary>
    public async ValueTask<IReadOnlyList<VenueNews>> TakeAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await _news.Reader.WaitToReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
        var news = new List<VenueNews>();
        while (_news.Reader.TryRead(out var item)) news.Add(item);
        return news;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var task in _tasks) await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
