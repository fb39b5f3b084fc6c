using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Granary.Data.Text;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Exchanges.Connections;
using Granary.Storage.Retries;

namespace Granary.Exchanges.Feeds;

/// <summary>Request for an exchange's feed.</summary>
internal sealed record ExchangeFeedRequest
{
    public required ExchangeProtocol Exchange { get; init; }

    /// <summary>Symbols in any spelling, with their timeframes; each once.</summary>
    public required IReadOnlyList<BarQuery> Markets { get; init; }

    /// <summary>The endpoint; null for the exchange's public one.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>How long after a bar's end its final update may arrive. A market without an update for so long had no trade.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A connection without any message for so long is treated as lost, whatever its socket reports.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>The first delay before a reconnection. It doubles up to a minute, with random jitter, over the life of the
    /// feed.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The number of consecutive connections that failed or brought no bar, after which the feed gives up.</summary>
    public int Tries { get; init; } = 30;

    /// <summary>The most items that wait for a reader that is slower than the market, such as a session that warms up.</summary>
    public int MostWaiting { get; init; } = 1 << 16;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>
/// Live feed of an exchange's closed bars, over as many connections as needed. Each bar is returned once: bars that repeat after a
/// reconnection or arrive out of order are detected by the exchange's clock and dropped. The feed does not end. Bars that were missed while
/// it was disconnected are a gap.
/// </summary>
/// <remarks>
/// A task of its own reads the connection from the first request on: the pings of an exchange are answered while the reader is busy. Bars
/// wait for the reader; those beyond a bound are left out, which is a gap too.
/// </remarks>
internal sealed class ExchangeFeed : ILiveFeed
{
    private sealed class Market(string spelled, Timeframe timeframe)
    {
        public readonly string Spelled = spelled;
        public readonly Timeframe Timeframe = timeframe;
        // The last update of the bar under construction, and when it arrived by the exchange's clock.
        public Bar? Open;
        public long LastEventTime;
        public int OverConnection;
        public long ClosedTo = long.MinValue;
    }

    private readonly ExchangeFeedRequest _request;
    private readonly Market[] _markets;
    private readonly FeedAssembler _assembler;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly List<string> _refusals = [];
    private readonly FeedBuffer _buffer;
    // Guards what messages change and notes read.
    private readonly Lock _lock = new();
    private long _clock = long.MinValue;
    private long _unordered, _incomplete, _foreign, _backwards;
    private string? _firstForeign;
    private readonly Reconnection _reconnection;
    private int _connections;
    private bool _received;
    // Why the last connection failed; null after one that was open.
    private Exception? _failure;

    /// <exception cref="BarDataException">A symbol cannot be converted to the exchange's spelling, or the exchange has no bars of that
    /// timeframe.</exception>
    public ExchangeFeed(ExchangeFeedRequest request)
    {
        _reconnection = new Reconnection(request.Clock, request.Backoff, TimeSpan.FromMinutes(1));
        if (request.Markets.Count == 0) throw new BarDataException("symbols: there is nothing to listen to; name at least one symbol");
        _request = request;
        _buffer = new FeedBuffer(request.MostWaiting);
        foreach (var market in request.Markets)
            if (!request.Exchange.Offers(market.Timeframe))
                throw new BarDataException($"timeframe: {request.Exchange.Name} has "
                    + $"no {market.Timeframe} bars; take 1m bars and let longer ones be built from them");
        _markets = [.. request.Markets.Select(m => new Market(request.Exchange.Spell(m.Symbol), m.Timeframe))];
        _assembler = new FeedAssembler([.. request.Markets.Select(m => new MarketSeries(new Instrument
        {
            Symbol = m.Symbol,
            Venue = request.Exchange.Name.ToUpperInvariant(),
            Currency = PairSymbol.Split(m.Symbol)!.Value.Quote,
        }, m.Timeframe)
        { Columns = [] })], LateBarPolicy.LeaveOut);
    }

    public IReadOnlyList<MarketSeries> Series => _assembler.Series;

    /// <inheritdoc/>
    public string? Fault => _buffer.IsFull
        ? $"{_request.Exchange.Name}: the session is {_buffer.Bound} bars and times behind the market, so later bars are left out until it "
            + "has taken half of them"
        : _reconnection.Fruitless > 2
        ? $"{_request.Exchange.Name}: the last {_reconnection.Fruitless} connections brought no bar ({Reason}); it is tried again" : null;

    private string Reason => _failure?.Message.TrimEnd('.') ?? "the exchange accepted and closed them";

    /// <summary>The number of connections to the exchange so far.</summary>
    public int Connections => _connections;

    public IReadOnlyList<string> Notes
    {
        get
        {
            using var held = _lock.EnterScope();
            var notes = new List<string>(_assembler.Late.Notes);
            var name = _request.Exchange.Name;
            if (_buffer.BarsLeftOut > 0) notes.Add($"{name}: {_buffer.BarsLeftOut} bars were left out, a gap to be filled: {_buffer.Bound} bars and "
                + "times waited for the session, which was slower than the market");
            if (_connections > 1) notes.Add($"{name}: the connection was lost {_connections - 1} times and opened again");
            if (_incomplete > 0) notes.Add($"{name}: {_incomplete} bars were under way when the connection was lost and closed before it "
                + $"was back; they are left out, a gap to be filled");
            if (_unordered > 0) notes.Add($"{name}: {_unordered} messages came after later ones, and were left out");
            if (_backwards > 0) notes.Add($"{name}: its clock went back ({_backwards} messages); what had passed stays passed");
            if (_foreign > 0) notes.Add($"{_foreign} messages could not be read; the first: {_firstForeign}");
            notes.AddRange(_refusals);
            return notes;
        }
    }

    /// <exception cref="BarDataException">The exchange rejects the subscription before it has sent any bar.</exception>
    /// <exception cref="BarStoreException">The connections failed or brought no bar, as often as the request permits.</exception>
    public async IAsyncEnumerable<FeedItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = ReceiveAsync(leaving.Token);
        try
        {
            await foreach (var item in _buffer.ReadAsync(cancellationToken).ConfigureAwait(false)) yield return item;
        }
        finally
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await receiving.ConfigureAwait(false);
        }
    }

    // Receives until the reader leaves, or until a fault that it then throws.
    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await ConnectAsync(cancellationToken).ConfigureAwait(false) is { } socket)
                {
                    await using (socket.ConfigureAwait(false))
                        while (await socket.NextAsync(cancellationToken).ConfigureAwait(false) is { } message) Receive(message);
                }
                _reconnection.Lost();
                if (_reconnection.Fruitless >= _request.Tries)
                    throw new BarStoreException($"{_request.Exchange.Name} at {Endpoint.Host} "
                        + (_failure is null ? $"brought no bar in {_reconnection.Fruitless} connections"
                            : $"could not be reached in {_reconnection.Fruitless} tries")
                        + $" ({Reason}); look at the network, or at the exchange's page of its state", _failure!);
                await _reconnection.PauseAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            _buffer.End(e);
        }
    }

    private void Receive(ReadOnlyMemory<byte> message)
    {
        lock (_lock)
        {
            if (Take(message)) _reconnection.Brought();
            while (_assembler.TryNext(out var item)) _buffer.Add(item);
        }
    }

    private Uri Endpoint => _request.Endpoint ?? _request.Exchange.Endpoint;

    // Returns null, with the failure, if the exchange does not answer.
    private async Task<SocketSession?> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            var socket = await OpenAsync(cancellationToken).ConfigureAwait(false);
            _reconnection.Opened();
            (_failure, _connections) = (null, _connections + 1);
            return socket;
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException or TimeoutException
            or System.Net.Sockets.SocketException
            || e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            _failure = e;
            return null;
        }
    }

    private async Task<SocketSession> OpenAsync(CancellationToken cancellationToken)
    {
        var address = await _request.Exchange.FindAsync(Endpoint, _http, cancellationToken).ConfigureAwait(false);
        var pingEvery = address.PingEvery < _request.Exchange.PingEvery ? address.PingEvery.Value : _request.Exchange.PingEvery;
        var hello = _request.Exchange.Subscribe([.. _markets.Select(m => (m.Spelled, m.Timeframe))], _request.Clock.GetUtcNow());
        var plan = new SocketPlan(address.Uri, [.. hello], _request.Exchange.Welcomes, pingEvery,
            () => _request.Exchange.Ping(_request.Clock.GetUtcNow()));
        var socket = await SocketSession.OpenAsync(plan, _request.Silence, _request.Clock, cancellationToken).ConfigureAwait(false);
        try
        {
            if (plan.IsWelcomed)
            {
                await WelcomedAsync(socket, cancellationToken).ConfigureAwait(false);
                await socket.SendAsync(plan.Hello, cancellationToken).ConfigureAwait(false);
            }
            return socket;
        }
        catch
        {
            await socket.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // The exchange may silently drop a request that precedes its welcome message.
    private async Task WelcomedAsync(SocketSession socket, CancellationToken cancellationToken)
    {
        while (await socket.NextAsync(cancellationToken).ConfigureAwait(false) is { } message)
        {
            try
            {
                switch (_request.Exchange.Read(message))
                {
                    case ExchangeSign { IsWelcome: true }:
                        return;
                    case ExchangeRefusal refusal:
                        throw new WebSocketException($"it refuses the connection: {refusal.Reason}");
                }
            }
            catch (FormatException e)
            {
                throw new WebSocketException(e.Message, e);
            }
        }
        throw new WebSocketException("the connection ended, or stayed silent, before the server's welcome");
    }

    // Returns whether the message is about a bar.
    private bool Take(ReadOnlyMemory<byte> bytes)
    {
        ExchangeMessage? message;
        try
        {
            message = _request.Exchange.Read(bytes);
        }
        catch (FormatException e)
        {
            _foreign++;
            _firstForeign ??= e.Message;
            return false;
        }
        switch (message)
        {
            case ExchangeKline kline:
                _received = true;
                Take(kline);
                break;
            case ExchangeRefusal refusal when !_received:
                // No bar will ever come, so fail instead of waiting.
                throw new BarDataException($"{_request.Exchange.Name} refuses: {refusal.Reason.TrimEnd('.')}; correct the symbols or the "
                    + $"timeframe");
            case ExchangeRefusal refusal:
                if (_refusals.Count < 10) _refusals.Add($"{_request.Exchange.Name} refuses: {refusal.Reason}");
                break;
        }
        if (message is { Time: > 0 }) Advance(message.Time);
        return message is ExchangeKline;
    }

    private void Take(ExchangeKline kline)
    {
        foreach (var market in _markets)
        {
            if (market.Spelled != kline.Symbol || market.Timeframe != kline.Timeframe) continue;
            var place = Array.IndexOf(_markets, market);
            if (kline.Bar.Time <= market.ClosedTo)
            {
                // a closed bar once more: the judge of late bars counts whether it is repeated or corrected
                if (kline.Closed == true) _assembler.Add(place, kline.Bar);
                else _unordered++;
                return;
            }
            if (market.Open is { } open && (kline.Bar.Time < open.Time || kline.Bar.Time == open.Time && kline.Time < market.LastEventTime))
            {
                _unordered++;
                return;
            }
            // A later bar means that the open one is closed, even if its final update was lost.
            if (market.Open is { } before && kline.Bar.Time > before.Time) Infer(place, before);
            market.LastEventTime = kline.Time;
            market.OverConnection = _connections;
            if (kline.Closed == true) Close(place, kline.Bar);
            else market.Open = kline.Bar;
            return;
        }
    }

    // Time closes a bar only if this connection received all of its updates; otherwise the bar may be incomplete.
    private void Infer(int place, Bar bar)
    {
        if (_markets[place].OverConnection == _connections)
        {
            Close(place, bar);
            return;
        }
        _markets[place].Open = null;
        _incomplete++;
    }

    private void Close(int place, Bar bar)
    {
        _markets[place].Open = null;
        _markets[place].ClosedTo = bar.Time;
        _assembler.Add(place, bar);
    }

    // The exchange's clock closes bars that are still open, and shows that other markets had no trade.
    private void Advance(long time)
    {
        if (time < _clock)
        {
            if (_clock - time > TimeSpan.TicksPerSecond) _backwards++;
            return;
        }
        _clock = time;
        for (var i = 0; i < _markets.Length; i++)
        {
            var market = _markets[i];
            if (market.Open is { } open && time >= market.Timeframe.CloseOf(open.Time) + _request.Grace.Ticks) Infer(i, open);
            _assembler.Reach(i, market.Timeframe.Floor(time - _request.Grace.Ticks));
        }
        _assembler.Reach(_markets.Min(m => m.Timeframe.Floor(time - _request.Grace.Ticks)));
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
