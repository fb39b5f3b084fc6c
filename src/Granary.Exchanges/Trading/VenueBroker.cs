using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>
/// An account at an exchange as a broker. One lock serialises the session's calls and the reports of websockets. So a fill is booked and
/// protected as soon as it is reported, and the session polls booked events.
/// </summary>
/// <remarks>The session's bars move trailing stops and are the fallback for monitored targets. The exchange executes all trading.</remarks>
internal sealed class VenueBroker : IBroker, IMarketListener
{
    private readonly IVenue _venue;
    private readonly BookJournal _journal;
    private readonly VenueSettings _settings;
    private readonly TimeProvider _clock;
    private readonly IReadOnlyDictionary<string, VenueInstrument> _instruments;
    private readonly IReadOnlyDictionary<string, Instrument> _traded;
    private readonly PriceBoard _prices = new();
    private readonly VenueOrders _orders;
    private readonly EntryProtection _protection;
    private readonly Settlements _settlements;
    private readonly OrderSubmission _submission;
    private readonly VenueStreams _streams;
    private readonly SemaphoreSlim _lock = new(1);
    private readonly CancellationTokenSource _life = new();
    private readonly Task _background;
    private readonly Dictionary<string, VenueOrderState> _touched = new(StringComparer.Ordinal);
    private long _caughtUp;
    private bool _behind = true, _legsDue;
    private Exception? _broken;

    private VenueBroker(IVenue venue, BookJournal journal, IReadOnlyDictionary<string, VenueInstrument> instruments,
        VenueSettings settings, BrokerEnvironment environment)
    {
        var clock = environment.Clock;
        (_venue, _journal, _instruments, _traded, _clock) = (venue, journal, instruments, environment.Instruments, clock);
        _settings = venue.IsDryRun ? settings with { CancelAllAfter = TimeSpan.Zero } : settings;
        _orders = new VenueOrders(venue, journal, settings, _prices, clock);
        _protection = new EntryProtection(venue, journal, _orders, clock);
        _settlements = new Settlements(venue, journal, _orders, settings, clock);
        var gate = new OrderGate(venue.Capabilities, settings, journal.Book, _prices, clock);
        _submission = new OrderSubmission(venue, journal.Book, instruments, _orders, _protection, gate, _prices);
        _streams = new VenueStreams(venue, [.. instruments.Values], clock);
        _caughtUp = clock.GetTimestamp();
        _background = Task.Run(() => WorkAsync(_life.Token));
    }

    public string Name => _venue.Name;

    /// <summary>The number of orders that were sent to the exchange.</summary>
    internal long Sent => _orders.Sent;

    /// <inheritdoc cref="VenueOrders.Remembered"/>
    internal int Remembered => _orders.Remembered;

    private VenueBook Book => _journal.Book;

    /// <summary>Connects to an account, with the instruments of the environment.</summary>
    /// <inheritdoc cref="IBrokerFactory.ConnectAsync"/>
    public static async Task<VenueBroker> ConnectAsync(IVenue venue, VenueSettings settings, BrokerEnvironment environment,
        CancellationToken cancellationToken)
    {
        try
        {
            await venue.MeasureClockAsync(cancellationToken).ConfigureAwait(false);
            VenueCheck.RefuseWithdrawal(venue.Name, await venue.PermissionsAsync(cancellationToken).ConfigureAwait(false));
            var instruments = VenueCheck.Match(venue.Name, await venue.InstrumentsAsync(cancellationToken).ConfigureAwait(false),
                environment.Instruments.Keys, environment.Instruments.Values.Any(i => i.Rates.IsForeign));
            VenueCheck.RefuseFaults(venue, instruments.Values, environment);
            var journal = await BookJournal.OpenAsync(await environment.OpenJournalAsync(cancellationToken).ConfigureAwait(false),
                new VenueBook(instruments), environment.Clock, cancellationToken).ConfigureAwait(false);
            try
            {
                var margin = MarginTerms.Of(environment.Execution, settings.CrossMargin);
                VenueCheck.RefuseMode(venue.Name, environment.Execution, margin);
                VenueCheck.RefuseLeverage(venue.Name, instruments.Values, margin);
                if (venue.IsDryRun) VenueCheck.RefuseTrades(venue.Name, journal.Book);
                else
                    foreach (var instrument in instruments.Values)
                        await venue.PrepareAsync(instrument, margin, cancellationToken).ConfigureAwait(false);
                if (journal.Book.Begun is null) await BeginAsync(venue, journal, instruments,
                    cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await journal.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            return new VenueBroker(venue, journal, instruments, settings, environment);
        }
        catch (VenueRefusalException e)
        {
            await venue.DisposeAsync().ConfigureAwait(false);
            throw new InputException($"broker '{venue.Name}': {e.Message} ({e.Code})", e);
        }
        catch
        {
            await venue.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task BeginAsync(IVenue venue, BookJournal journal, IReadOnlyDictionary<string, VenueInstrument> instruments,
        CancellationToken cancellationToken)
    {
        var account = await venue.AccountAsync(cancellationToken).ConfigureAwait(false);
        var holdings = instruments.Values.DistinctBy(account.HeldAs).ToDictionary(account.HeldAs, account.Held);
        await journal.AppendAsync([new AccountBegun(holdings, venue.Now)], cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default) =>
        (await SubmitAllAsync([order], cancellationToken).ConfigureAwait(false))[0].Answer;

    public async ValueTask<IReadOnlyList<SubmitOutcome>> SubmitAllAsync(IReadOnlyList<BrokerOrder> orders,
        CancellationToken cancellationToken = default)
    {
        var outcomes = new SubmitOutcome[orders.Count];
        // Fills are booked and protected between two rounds.
        foreach (var round in VenueRequests.Rounds(Enumerable.Range(0, orders.Count), i => orders[i].Symbol))
        {
            var answers = await LockedAsync(() => _submission.SubmitAsync([.. round.Select(i => orders[i])], cancellationToken),
                cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < round.Count; i++) outcomes[round[i]] = answers[i];
        }
        return outcomes;
    }

    public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
        LockedAsync(async () =>
        {
            if (Book.Find(clientId) is not { } order) return null;
            await _orders.CancelAsync(order, cancellationToken).ConfigureAwait(false);
            return Book.Find(clientId)?.Status;
        }, cancellationToken);

    public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice, CancellationToken cancellationToken = default) =>
        LockedAsync(async () =>
        {
            if (Book.Find(clientId) is not { } entry) return null;
            if (entry.MovedStop != stopPrice)
                await _journal.AppendAsync([new StopMovedTo(clientId, stopPrice)], cancellationToken).ConfigureAwait(false);
            if (entry.IsWorking) await _orders.RefreshAsync(entry, wait: false, cancellationToken).ConfigureAwait(false);
            await _protection.EnsureAsync(cancellationToken).ConfigureAwait(false);
            return entry.Status;
        }, cancellationToken);

    public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
        CancellationToken cancellationToken = default) =>
        LockedAsync(async () =>
        {
            if (Book.Find(clientId) is not { } entry) return null;
            var wanted = Protection.Fixed(stopPrice, targetPrice);
            if (entry.Replaced != wanted)
                await _journal.AppendAsync([new ProtectedBy(clientId, stopPrice, targetPrice)], cancellationToken).ConfigureAwait(false);
            if (entry.IsWorking) await _orders.RefreshAsync(entry, wait: false, cancellationToken).ConfigureAwait(false);
            await _protection.EnsureAsync(cancellationToken).ConfigureAwait(false);
            if (_protection.Watches) _streams.Watch(_life.Token);
            return entry.Status;
        }, cancellationToken);

    public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
        LockedAsync(async () =>
        {
            var order = Book.Find(clientId);
            if (order is null) _orders.Miss(clientId);
            if (order is { IsWorking: true } && !await _orders.RefreshAsync(order, wait: true,
                cancellationToken).ConfigureAwait(false)) return null;
            return order?.Status;
        }, cancellationToken);

    public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
        LockedAsync(async () =>
        {
            try
            {
                if (_behind || !_streams.IsConnected || _clock.GetElapsedTime(_caughtUp) >= _settings.CatchUpEvery)
                    await CatchUpAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (BrokerUnavailableException) when (_journal.DurableEvents > after)
            {
                // Booked events do not wait for an order whose outcome is not certain yet.
            }
            return Book.EventsAfter(after, _journal.DurableEvents);
        }, cancellationToken);

    public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
        LockedAsync(async () =>
        {
            var account = await AccountAsync(cancellationToken).ConfigureAwait(false);
            var orders = new List<BrokerOrderStatus>();
            foreach (var instrument in _instruments.Values)
                foreach (var state in await _venue.OpenOrdersAsync(instrument, cancellationToken).ConfigureAwait(false))
                    if (Book.FindSent(state.ClientId, state.VenueId) is not { } known)
                        orders.Add(new BrokerOrderStatus(state.ClientId, state.VenueId, state.State, (double)state.Filled, ""));
                    else if (known.Leg.Length == 0 && known.IsWorking)
                        orders.Add(known.Status);
            return new BrokerSnapshot(PositionsOf(account), CashOf(account), orders);
        }, cancellationToken);

    // The balances of all quote currencies at the rates of now.
    private double CashOf(VenueAccount account)
    {
        var now = _clock.GetUtcNow().UtcTicks;
        // Positions are settled in the first currency, as perpetual contracts have one.
        var settled = account.EntryValue;
        var cash = 0.0;
        foreach (var (symbol, instrument) in _instruments.DistinctBy(i => i.Value.Quote, StringComparer.Ordinal))
        {
            var balance = account.Balances.GetValueOrDefault(instrument.Quote) - settled - Book.ForeignFeesIn(instrument.Quote);
            cash += (double)balance * _traded[symbol].Rates.At(now);
            settled = 0;
        }
        return cash;
    }

    // Reads the account when all fills are booked: the websocket can be later than the balances of the exchange.
    private async ValueTask<VenueAccount> AccountAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var account = await _venue.AccountAsync(cancellationToken).ConfigureAwait(false);
            var booked = Book.Events;
            await CatchUpAsync(cancellationToken).ConfigureAwait(false);
            await _settlements.CollectAsync(_instruments.Values, now: true, cancellationToken).ConfigureAwait(false);
            if (Book.Events == booked) return account;
        }
    }

    private Dictionary<string, double> PositionsOf(VenueAccount account)
    {
        var positions = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var instrument in _instruments.Values)
        {
            var held = account.Held(instrument) - Book.Begun!.Holdings.GetValueOrDefault(account.HeldAs(instrument))
                - Book.Dust(instrument.Symbol);
            if (held != 0) positions[instrument.Symbol] = (double)held;
        }
        return positions;
    }

    public async ValueTask OnBarsAsync(long closeTime, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
    {
        try
        {
            await LockedAsync(async () =>
            {
                var facts = new List<BookFact>();
                foreach (var bar in bars) facts.AddRange(_protection.Trail(bar.Symbol, bar.Bar, closeTime));
                await _journal.AppendAsync(facts, cancellationToken).ConfigureAwait(false);
                foreach (var bar in bars)
                    if (_instruments.TryGetValue(bar.Symbol, out var traded)) _prices.Put(traded.Listed, (decimal)bar.Bar.Close);
                if (Book.OpenEntries.Count == 0 && Book.Working.Count == 0) return true;
                await CatchUpAsync(cancellationToken).ConfigureAwait(false);
                foreach (var bar in bars)
                {
                    if (!_instruments.TryGetValue(bar.Symbol, out var instrument)) continue;
                    await _protection.TakeProfitAsync(instrument.Listed, (decimal)bar.Bar.High, cancellationToken).ConfigureAwait(false);
                    await _protection.TakeProfitAsync(instrument.Listed, (decimal)bar.Bar.Low, cancellationToken).ConfigureAwait(false);
                }
                return true;
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException)
        {
            // The background task retries, and the next poll reports the fault.
            _behind = true;
        }
    }

    // Requests the state of all pending orders, and places their stops and targets: regularly, and after a reconnection.
    private async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        _behind = true;
        foreach (var group in Book.Working.Where(o => o.HasInstrument).GroupBy(o => o.Instrument).ToList())
        {
            var open = await _venue.OpenOrdersAsync(group.Key, cancellationToken).ConfigureAwait(false);
            foreach (var order in group.ToList())
                await CatchUpAsync(order, open, cancellationToken).ConfigureAwait(false);
        }
        await _settlements.CollectAsync(_instruments.Values, now: false, cancellationToken).ConfigureAwait(false);
        await _protection.EnsureAsync(cancellationToken).ConfigureAwait(false);
        if (_protection.Watches) _streams.Watch(_life.Token);
        _touched.Clear();
        _behind = false;
        _caughtUp = _clock.GetTimestamp();
    }

    private async ValueTask CatchUpAsync(VenueOrder order, IReadOnlyList<VenueOrderState> open, CancellationToken cancellationToken)
    {
        var listed = open.FirstOrDefault(s => s.ClientId == order.SentId || s.VenueId.Length > 0 && s.VenueId == order.VenueId);
        if (listed is not null) await _orders.TakeAsync(order, listed, cancellationToken).ConfigureAwait(false);
        else if (order.IsKnown || order.Leg.Length > 0)
            await _orders.RefreshAsync(order, wait: false, cancellationToken).ConfigureAwait(false);
        // The session asks again for a request without an answer. But it may have received an answer that this journal lost when the
        // process ended.
        else await _orders.LookAsync(order, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<T> LockedAsync<T>(Func<ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_broken is { } broken) throw broken;
            // The work's result must follow from all facts that the journal may have.
            await _journal.SettleAsync(cancellationToken).ConfigureAwait(false);
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _lock.Release();
        }
    }

    // ---- what the websockets report -------------------------------------------------------------------------------------------

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        _streams.Listen(cancellationToken);
        var (clockMeasured, alive) = (_clock.GetTimestamp(), 0L);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var news = await _streams.TakeAsync(_settings.Tick, cancellationToken).ConfigureAwait(false);
                await LockedAsync(async () =>
                {
                    _legsDue |= await _orders.BookAsync(news, cancellationToken).ConfigureAwait(false);
                    foreach (var item in news) await HandleAsync(item, cancellationToken).ConfigureAwait(false);
                    await TouchedAsync(cancellationToken).ConfigureAwait(false);
                    await ExpireAsync(cancellationToken).ConfigureAwait(false);
                    if (_behind) await CatchUpAsync(cancellationToken).ConfigureAwait(false);
                    _journal.Prepare();
                    return true;
                }, cancellationToken).ConfigureAwait(false);
                if (_settings.CancelAllAfter > TimeSpan.Zero && (alive == 0 || _clock.GetElapsedTime(alive) > _settings.CancelAllAfter / 4))
                {
                    await _venue.CancelAllAfterAsync(_settings.CancelAllAfter, [.. _instruments.Values],
                        cancellationToken).ConfigureAwait(false);
                    alive = _clock.GetTimestamp();
                }
                if (_clock.GetElapsedTime(clockMeasured) < TimeSpan.FromMinutes(10)) continue;
                await _venue.MeasureClockAsync(cancellationToken).ConfigureAwait(false);
                clockMeasured = _clock.GetTimestamp();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is BrokerUnavailableException or VenueRefusalException)
            {
                _behind = true;
                await Task.Delay(_settings.Tick, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                // The session's next call throws it.
                _broken = e;
                return;
            }
        }
    }

    private async ValueTask HandleAsync(VenueNews news, CancellationToken cancellationToken)
    {
        if (news.Connected || news.Lost) _behind = true;
        // Several messages about one order are handled together.
        if (news.Order is { } state && Book.FindSent(state.ClientId, state.VenueId) is { IsWorking: true } order)
            _touched[order.ClientId] = state;
        if (news.Listed is { } listed)
        {
            _prices.Put(listed, news.Price);
            if (_protection.Watches) await _protection.TakeProfitAsync(listed, news.Price, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask TouchedAsync(CancellationToken cancellationToken)
    {
        if (_touched.Count == 0 && !_legsDue) return;
        foreach (var (id, state) in _touched)
        {
            if (Book.Find(id) is not { IsWorking: true } order) continue;
            await _orders.TakeAsync(order, state, cancellationToken).ConfigureAwait(false);
        }
        _touched.Clear();
        await _protection.EnsureAsync(cancellationToken).ConfigureAwait(false);
        _legsDue = false;
        if (_protection.Watches) _streams.Watch(_life.Token);
    }

    private async ValueTask ExpireAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow().UtcTicks;
        foreach (var order in Book.Working.Where(o => o.Order.ExpiresAt < now && o.Order.Type != OrderType.Market && o.IsKnown).ToList())
            await _orders.CancelAsync(order, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync().ConfigureAwait(false);
        await _background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _streams.DisposeAsync().ConfigureAwait(false);
        await _journal.DisposeAsync().ConfigureAwait(false);
        await _venue.DisposeAsync().ConfigureAwait(false);
        _lock.Dispose();
        _life.Dispose();
    }
}
