using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Trading;

/// <summary>
/// An account at an exchange as a broker. One lock serialises the session's calls and the reports of websockets. So a fill is booked and
/// protected as soon as it is reported, and the session polls booked events. Nothing waits inside the lock for an order of the session to
/// be answered, or for an outcome to become certain.
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
    // When a leg that is on its way, or being cancelled, may be certain; null for none.
    private TimeSpan? _legsAfter;
    // Whether orders are on their way, and what was reported meanwhile of orders whose exchange id the book does not know.
    private bool _isSending;
    private readonly List<VenueNews> _early = [];
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
        try
        {
            await SubmitAsync(orders, outcomes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var order in orders)
                if (order.Closes is { } closes && Book.Find(closes) is { } entry)
                    entry.IsReleasing = false;
        }
        return outcomes;
    }

    private async Task SubmitAsync(IReadOnlyList<BrokerOrder> orders, SubmitOutcome[] outcomes, CancellationToken cancellationToken)
    {
        List<int> rest = [.. Enumerable.Range(0, orders.Count)];
        while (rest.Count > 0)
        {
            // An order whose outcome is not certain yet keeps back those of its symbol alone.
            var (later, uncertain, pause) = (new List<int>(), new HashSet<string>(StringComparer.Ordinal), TimeSpan.Zero);
            // Fills are booked and protected between two rounds.
            foreach (var round in VenueRequests.Rounds(rest, i => orders[i].Symbol))
            {
                later.AddRange(round.Where(i => uncertain.Contains(orders[i].Symbol)));
                List<int> now = [.. round.Where(i => !uncertain.Contains(orders[i].Symbol))];
                if (now.Count == 0) continue;
                var answers = await SubmitRoundAsync([.. now.Select(i => orders[i])], cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < now.Count; i++)
                {
                    outcomes[now[i]] = answers[i];
                    if (answers[i].Fault?.RetryAfter is not { } after) continue;
                    later.Add(now[i]);
                    uncertain.Add(orders[now[i]].Symbol);
                    pause = after;
                }
            }
            later.Sort();
            rest = later;
            if (rest.Count > 0) await Task.Delay(pause, _clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<IReadOnlyList<SubmitOutcome>> SubmitRoundAsync(IReadOnlyList<BrokerOrder> round,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<OrderSubmission.Submission>? prepared = null;
        try
        {
            prepared = await LockedAsync(async () =>
            {
                var made = await _submission.PrepareAsync(round, cancellationToken).ConfigureAwait(false);
                _isSending = true;
                return made;
            }, cancellationToken).ConfigureAwait(false);
            // An answer can take ten seconds. Fills of others are booked and protected meanwhile.
            var answers = await _submission.PlaceAsync(prepared, cancellationToken).ConfigureAwait(false);
            return await LockedAsync(async () =>
            {
                var outcomes = await _submission.TakeAsync(prepared, answers, cancellationToken).ConfigureAwait(false);
                _isSending = false;
                await TakeEarlyAsync(cancellationToken).ConfigureAwait(false);
                return outcomes;
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException e)
        {
            // The journal is away: what the orders have become is asked for later.
            return [.. round.Select((_, i) => prepared?[i].Outcome ?? SubmitOutcome.Of(e))];
        }
        finally
        {
            _isSending = false;
        }
    }

    // A fill can be reported before the answer that has the exchange's id of its order.
    private async ValueTask TakeEarlyAsync(CancellationToken cancellationToken)
    {
        if (_early.Count == 0) return;
        List<VenueNews> early = [.. _early];
        _early.Clear();
        try
        {
            await TakeAsync(early, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is BrokerUnavailableException or VenueRefusalException)
        {
            // The background task asks again.
            _behind = true;
        }
    }

    private bool IsUnknown(VenueNews news) => news.Fill is { } fill && Book.FindSent("", fill.OrderId) is null
        || news.Order is { } state && Book.FindSent(state.ClientId, state.VenueId) is null;

    public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
        CertainAsync(async () =>
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
            if (entry.IsWorking) await _orders.RefreshAsync(entry, cancellationToken).ConfigureAwait(false);
            await ProtectAsync(cancellationToken).ConfigureAwait(false);
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
            if (entry.IsWorking) await _orders.RefreshAsync(entry, cancellationToken).ConfigureAwait(false);
            await ProtectAsync(cancellationToken).ConfigureAwait(false);
            if (_protection.Watches) _streams.Watch(_life.Token);
            return entry.Status;
        }, cancellationToken);

    public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
        CertainAsync(async () =>
        {
            var order = Book.Find(clientId);
            if (order is null) _orders.Miss(clientId);
            if (order is { IsWorking: true } && !await _orders.RefreshAsync(order, cancellationToken).ConfigureAwait(false)) return null;
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
                var steps = new SeparateSteps();
                await steps.TryAsync(() => CatchUpAsync(cancellationToken)).ConfigureAwait(false);
                foreach (var bar in bars)
                {
                    if (!_instruments.TryGetValue(bar.Symbol, out var instrument)) continue;
                    foreach (var price in (double[])[bar.Bar.High, bar.Bar.Low])
                        await steps.TryAsync(() => _protection.TakeProfitAsync(instrument.Listed, (decimal)price, cancellationToken))
                            .ConfigureAwait(false);
                }
                steps.End();
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
        var steps = new SeparateSteps();
        foreach (var group in Book.Working.Where(o => o.HasInstrument).GroupBy(o => o.Instrument).ToList())
            await steps.TryAsync(async () =>
            {
                var open = await _venue.OpenOrdersAsync(group.Key, cancellationToken).ConfigureAwait(false);
                foreach (var order in group.ToList())
                    await steps.TryAsync(() => CatchUpAsync(order, open, cancellationToken)).ConfigureAwait(false);
            }).ConfigureAwait(false);
        await steps.TryAsync(() => _settlements.CollectAsync(_instruments.Values, now: false, cancellationToken)).ConfigureAwait(false);
        await steps.TryAsync(() => ProtectAsync(cancellationToken)).ConfigureAwait(false);
        if (_protection.Watches) _streams.Watch(_life.Token);
        steps.End();
        _touched.Clear();
        _behind = false;
        _caughtUp = _clock.GetTimestamp();
    }

    private async ValueTask CatchUpAsync(VenueOrder order, IReadOnlyList<VenueOrderState> open, CancellationToken cancellationToken)
    {
        var listed = open.FirstOrDefault(s => s.ClientId == order.SentId || s.VenueId.Length > 0 && s.VenueId == order.VenueId);
        if (listed is not null) await _orders.TakeAsync(order, listed, cancellationToken).ConfigureAwait(false);
        else if (order.IsKnown || order.Leg.Length > 0)
            await _orders.RefreshAsync(order, cancellationToken).ConfigureAwait(false);
        // The session asks again for a request without an answer. But it may have received an answer that this journal lost when the
        // process ended.
        else await _orders.LookAsync(order, cancellationToken).ConfigureAwait(false);
    }

    // Places stops and targets. Those whose earlier orders are still on their way, or being cancelled, follow from the background.
    private async ValueTask ProtectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _protection.EnsureAsync(cancellationToken).ConfigureAwait(false);
            _legsAfter = null;
        }
        catch (BrokerUnavailableException e) when (e.RetryAfter is not null)
        {
            _legsAfter = e.RetryAfter;
        }
    }

    // Repeats a call until its outcome is certain. It holds no lock while it waits.
    private async ValueTask<T> CertainAsync<T>(Func<ValueTask<T>> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan pause;
            try
            {
                return await LockedAsync(work, cancellationToken).ConfigureAwait(false);
            }
            catch (BrokerUnavailableException e) when (e.RetryAfter is not null)
            {
                pause = e.RetryAfter.Value;
            }
            await Task.Delay(pause, _clock, cancellationToken).ConfigureAwait(false);
        }
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
                var news = await _streams.TakeAsync(_legsAfter ?? _settings.Tick, cancellationToken).ConfigureAwait(false);
                await LockedAsync(async () =>
                {
                    _legsDue |= _legsAfter is not null;
                    if (_isSending) _early.AddRange(news.Where(IsUnknown));
                    var steps = new SeparateSteps();
                    await steps.TryAsync(() => TakeAsync(news, cancellationToken)).ConfigureAwait(false);
                    await steps.TryAsync(() => ExpireAsync(cancellationToken)).ConfigureAwait(false);
                    if (_behind) await steps.TryAsync(() => CatchUpAsync(cancellationToken)).ConfigureAwait(false);
                    steps.End();
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

    private async ValueTask TakeAsync(IReadOnlyList<VenueNews> news, CancellationToken cancellationToken)
    {
        var steps = new SeparateSteps();
        await steps.TryAsync(async () => _legsDue |= await _orders.BookAsync(news, cancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);
        foreach (var item in news) await steps.TryAsync(() => HandleAsync(item, cancellationToken)).ConfigureAwait(false);
        await steps.TryAsync(() => TouchedAsync(cancellationToken)).ConfigureAwait(false);
        steps.End();
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
        var steps = new SeparateSteps();
        foreach (var (id, state) in _touched)
            if (Book.Find(id) is { IsWorking: true } order)
                await steps.TryAsync(() => _orders.TakeAsync(order, state, cancellationToken)).ConfigureAwait(false);
        // The next comparison of all orders asks for those without an answer.
        _touched.Clear();
        _legsDue = true;
        await steps.TryAsync(async () =>
        {
            await ProtectAsync(cancellationToken).ConfigureAwait(false);
            _legsDue = false;
        }).ConfigureAwait(false);
        if (_protection.Watches) _streams.Watch(_life.Token);
        steps.End();
    }

    private async ValueTask ExpireAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow().UtcTicks;
        var steps = new SeparateSteps();
        foreach (var order in Book.Working.Where(o => o.Order.ExpiresAt < now && o.Order.Type != OrderType.Market && o.IsKnown).ToList())
            await steps.TryAsync(() => _orders.CancelAsync(order, cancellationToken)).ConfigureAwait(false);
        steps.End();
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
