using Granary.Contracts.Sessions;
using Granary.Contracts.Why;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Postgres.Journals;
using Granary.Simulation.Batches;
using Granary.Simulation.Weights;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;
using Granary.Trading.Why;

namespace Granary.Trading.Tests.Live;

public sealed class SessionTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private string State => Path.Combine(_under.Folder, "state");

    private async Task<Production> ProductionAsync() =>
        new ProductionReader(TestCatalogues.All).Read(Path.Combine((await _under.BacktestAsync()).Folder, "prod.json"));

    // Gives commands when the session has got so far.
    private sealed class AtTimestamp(Action<LiveStatus> look) : IProgress<LiveStatus>
    {
        public void Report(LiveStatus value) => look(value);
    }

    private static IReadOnlyList<JournalEvent> Journal(string state) =>
        [.. FileJournal.Peek(state, new JournalQuery()).Select(JournalCodec.Decode)];

    // An entry in a pause is not accepted, and the time without entries is said.
    private async Task AskedAsync(IReadOnlyList<JournalEvent> journal, List<SessionControlled> controls)
    {
        var why = new SessionWhy(AccountStores.Open(Address.Parse(State), one: true), TestCatalogues.All);
        var refused = journal.OfType<SignalDecided>().First(d => d.Decision == Decision.Paused);
        var asked = await why.AnswerAsync("test", new WhyQuery(refused.Strategy, Signal: refused.Number));
        var signal = asked!.Signals.Single(s => s.Number == refused.Number);
        (signal.Decision, signal.Granted, signal.Reason).ShouldBe(("paused", 0, Decision.Paused.Sentence));
        asked.Notes.ShouldContain(n => n.StartsWith("Entries were paused from 20", StringComparison.Ordinal));
        var span = await why.AnswerAsync("test", new WhyQuery(refused.Strategy,
            From: new DateTime(controls[0].Timestamp, DateTimeKind.Utc), To: new DateTime(controls[1].Timestamp, DateTimeKind.Utc)));
        span!.Span!.Refused["paused"].ShouldBe(journal.OfType<SignalDecided>()
            .Count(d => d.Strategy == refused.Strategy && d.Decision == Decision.Paused && d.Timestamp <= controls[1].Timestamp));
        span.Notes.Count(n => n.StartsWith("Entries were paused from ", StringComparison.Ordinal)).ShouldBe(1);
        var closed = await why.AnswerAsync("test", new WhyQuery(refused.Strategy,
            From: new DateTime(controls[1].Timestamp, DateTimeKind.Utc), To: new DateTime(controls[3].Timestamp, DateTimeKind.Utc)));
        closed!.Notes.ShouldContain(n => n.Contains("Anna gave the command flatten: a test.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Paused_it_sends_no_entries_but_exits_flattened_it_holds_nothing_resumed_it_trades_again()
    {
        var production = await ProductionAsync();
        var orders = new Queue<(int Bars, SessionCommand Command)>([(300, SessionCommand.Pause), (500, SessionCommand.Resume),
            (700, SessionCommand.Flatten), (900, SessionCommand.Resume)]);
        var control = new SessionControl(Path.Combine(State, "control"), TimeProvider.System);
        var end = await SessionUnderTest.TradeAsync(production, State, new PaperSettings(),
            parts: new(BrokerOf: b => new Watching(b, orders, control)),
            options: new LiveOptions { Account = "test", Control = control });
        var journal = Journal(State);
        var controls = journal.OfType<SessionControlled>().ToList();
        controls.Select(c => c.Command)
            .ShouldBe([SessionCommand.Pause, SessionCommand.Resume, SessionCommand.Flatten, SessionCommand.Resume]);
        controls.ShouldAllBe(c => c.Who == "Anna" && c.Why == "a test");
        bool Between(long timestamp, int from) => timestamp > controls[from].Timestamp && timestamp <= controls[from + 1].Timestamp;
        var intents = journal.OfType<OrderIntended>().ToList();
        intents.Where(i => i.Order.Closes is null && (Between(i.Timestamp, 0) || Between(i.Timestamp, 2))).ShouldBeEmpty();
        intents.Where(i => i.Order.Closes is not null && Between(i.Timestamp, 0)).ShouldNotBeEmpty();
        intents.Where(i => i.Order.Closes is null && Between(i.Timestamp, 1)).ShouldNotBeEmpty();
        intents.Where(i => i.Order.Closes is null && i.Timestamp > controls[3].Timestamp).ShouldNotBeEmpty();
        journal.OfType<EntrySkipped>().ShouldBeEmpty();
        journal.OfType<SignalDecided>().Where(d => Between(d.Timestamp, 0) || Between(d.Timestamp, 2))
            .ShouldAllBe(d => !d.Decision.IsAccepted);
        journal.OfType<PositionChanged>().Where(p => p.Timestamp <= controls[3].Timestamp).GroupBy(p => p.Symbol)
            .ShouldAllBe(g => g.Last().Quantity == 0);
        await AskedAsync(journal, controls);
        // The strategies go on by themselves; the portfolio with simulated fills has closed what the account has.
        var alone = await SessionUnderTest.TradeAsync(production, State + "2", new PaperSettings());
        end.Digest.ShouldNotBe(alone.Digest);
        end.Strategies.ShouldBe(alone.Strategies);
        var closed = end.Host.PortfolioTrades.Where(t => t.Trade.Reason == ExitReason.Operator).Select(t => (t.Member, t.Trade.Number));
        closed.ShouldNotBeEmpty();
        closed.Count().ShouldBe(intents.Count(i => i.Reason == ExitReason.Operator));
    }

    // A command's file is laid down at a bar of the test's choosing.
    private sealed class Watching(IBroker inner, Queue<(int Bars, SessionCommand Command)> orders, SessionControl control)
        : IBroker, IMarketListener
    {
        private int _bars;

        public string Name => inner.Name;

        public async ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
        {
            _bars += bars.Count;
            if (orders.TryPeek(out var next) && _bars >= next.Bars)
            {
                SessionControl.Send(control.Folder, new IssuedCommand(next.Command, "Anna", "a test"), DateTimeOffset.UtcNow);
                orders.Dequeue();
                // The session looks every 100 ms.
                await Task.Delay(120, cancellationToken);
            }
            await ((IMarketListener)inner).OnBarsAsync(timestamp, bars, cancellationToken);
        }

        public ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default) =>
            inner.SubmitAsync(order, cancellationToken);

        public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.CancelAsync(clientId, cancellationToken);

        public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
            CancellationToken cancellationToken = default) =>
                inner.ProtectAsync(clientId, stopPrice, targetPrice, cancellationToken);

        public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
            CancellationToken cancellationToken = default) => inner.MoveStopAsync(clientId, stopPrice, cancellationToken);

        public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.FindAsync(clientId, cancellationToken);

        public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
            inner.PollAsync(after, cancellationToken);

        public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
            inner.SnapshotAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    [Fact]
    public async Task What_the_venue_hits_is_called_back_from_its_own_fills_and_not_again_after_a_restart()
    {
        var production = await ProductionAsync();
        var hits = new List<(string Strategy, int Number, string Leg, double Price)>();
        var options = new LiveOptions
        {
            Account = "test",
            Hit = (trade, fill) => hits.Add((trade.Strategy, trade.Number, fill.Leg, fill.Price))
        };
        // The venue is late, so that its fills are other ones than those of the strategies' simulated accounts.
        var paper = new PaperSettings { Seed = 2, Latency = TimeSpan.FromMinutes(50) };
        await SessionUnderTest.TradeAsync(production, State, paper, "2022-01-20", options: options);
        var before = hits.Count;
        before.ShouldBeGreaterThan(5);
        var end = await SessionUnderTest.TradeAsync(production, State, paper, options: options);
        end.Host.Status.Hits.Values.Sum().ShouldBe(hits.Count - before);
        hits.ShouldBe(end.Venue.Where(e => e.Fill is { Leg.Length: > 0 })
            .Select(e => (end.Host.Ledger.TradeOf(e.Fill!.ClientId)!.Strategy, end.Host.Ledger.TradeOf(e.Fill.ClientId)!.Number, e.Fill.Leg,
                e.Fill.Price)));
        hits.Select(h => h.Leg).Distinct().Order().ShouldBe(["stop", "target", "trail"]);
    }

    [Fact]
    public async Task New_weights_come_into_force_at_the_next_bar_are_recorded_and_survive_a_restart()
    {
        var production = await ProductionAsync();
        var weights = new FileWeights(Path.Combine(_under.Folder, "weights"), TimeProvider.System);
        var id = production.Spec.Portfolio.FixedWeights!.Keys.First(k => k.StartsWith("SmaCross", StringComparison.Ordinal));
        await weights.SetAsync("test", 0, new Dictionary<string, double> { [id] = 0 }, "Anna", "it lost");
        var half = await SessionUnderTest.TradeAsync(production, State, new PaperSettings(), "2022-01-20",
            options: new LiveOptions { Account = "test", Weights = weights });
        var change = Journal(State).OfType<WeightsChanged>().Single();
        (change.Version, change.Who, change.Why, change.Weights[id]).ShouldBe((1, "Anna", "it lost", 0));
        var decided = Journal(State).OfType<SignalDecided>().Where(s => s.Strategy == id).ToList();
        decided.ShouldNotBeEmpty();
        decided.ShouldAllBe(s => s.Decision == Decision.WeightZero);
        await weights.SetAsync("test", 1, new Dictionary<string, double> { [id] = 0.2 }, "Anna", "once more");
        var end = await SessionUnderTest.TradeAsync(production, State, new PaperSettings(),
            options: new LiveOptions { Account = "test", Weights = weights });
        end.Host.Status.WeightsVersion.ShouldBe(2);
        var later = Journal(State).OfType<SignalDecided>()
            .Where(s => s.Strategy == id && s.Timestamp > new DateTime(2022, 1, 20, 1, 0, 0).Ticks).ToList();
        later.ShouldContain(s => s.Decision == Decision.Accepted);
        half.Host.Ledger.Trades.Values.ShouldNotContain(t => t.Strategy == id);
        end.Host.Ledger.Trades.Values.ShouldContain(t => t.Strategy == id);
    }

    [Fact]
    public async Task A_session_whose_venue_is_away_at_the_start_enters_nothing_before_books_and_venue_are_compared()
    {
        var production = await ProductionAsync();
        var bars = 0;
        var end = await SessionUnderTest.TradeAsync(production, State, new PaperSettings(),
            parts: new(BrokerOf: b => new InterceptedBroker(b, call =>
        {
            if (call == nameof(IMarketListener.OnBarsAsync)) bars++;
            else if (bars < 300) throw new BrokerUnavailableException("the venue is in maintenance");
        })));
        var journal = Journal(State);
        var skipped = journal.OfType<EntrySkipped>().ToList();
        skipped.ShouldNotBeEmpty();
        skipped.ShouldAllBe(s => s.Why == "unreconciled");
        var intents = journal.OfType<OrderIntended>().ToList();
        intents.ShouldNotBeEmpty();
        var reconciled = skipped.Max(s => s.Timestamp);
        intents.ShouldAllBe(i => i.Timestamp > reconciled);
        end.Host.Status.VenueFault.ShouldBeNull();
        // The strategies decide as they do with a venue that answers.
        end.Digest.ShouldBe((await SessionUnderTest.TradeAsync(production, State + "2", new PaperSettings())).Digest);
    }

    [Fact]
    public async Task An_unknown_broker_is_refused_with_the_names_of_the_known_ones_and_a_wrong_option_with_its_name()
    {
        var backtest = await _under.BacktestAsync();
        async Task<string> RefusedAsync(Func<LiveRequest, LiveRequest> with) =>
            (await Should.ThrowAsync<InputException>(() => _under.LiveAsync(backtest, with: with))).Message;
        (await RefusedAsync(r => r with { Broker = "papier" })).ShouldBe(
            "--broker papier: there is no broker 'papier'; this Granary has paper; a plug-in of --plugins can bring others");
        (await RefusedAsync(r => r with { BrokerOptions = "rejects=0.1" })).ShouldBe(
            "--broker paper: broker 'paper' has no option 'rejects'; did you mean 'reject'?");
    }

    [Fact]
    public async Task An_account_continues_at_the_broker_at_which_it_began()
    {
        var backtest = await _under.BacktestAsync();
        await _under.LiveAsync(backtest, with: r => r with { State = State });
        var paper = BrokerDefinition.Of(typeof(PaperBrokerFactory));
        var brokers = new BrokerCatalogue(new CatalogueBuilder<BrokerDefinition>("broker").Add("other", paper, "a test"));
        var request = new LiveRequest
        {
            Production = Path.Combine(backtest.Folder, "prod.json"),
            Feed = Address.Parse("csv:" + SessionUnderTest.Bars),
            Broker = "other",
            Out = Path.Combine(_under.Folder, "again"),
            State = State,
            IgnoresChecks = true,
        };
        var refused = await Should.ThrowAsync<InputException>(() => LiveSession.RunAsync(
            request, TestCatalogues.All with { Brokers = brokers }, TimeProvider.System));
        refused.Message.ShouldContain("is of an account at 'paper'; use that broker, or give this session a new --state");
    }

    [Fact]
    public async Task A_second_session_on_one_account_is_refused_with_a_sentence()
    {
        var production = await ProductionAsync();
        await using var first = FileJournal.Open(State, TimeProvider.System, "granary live prod.json");
        (await Should.ThrowAsync<LeaseException>(() => SessionUnderTest.TradeAsync(production, State,
            new PaperSettings()))).Message.ShouldContain("is traded by granary live prod.json, process");
    }

    [Fact]
    public async Task When_PostgreSQL_is_lost_for_a_while_trading_waits_and_the_end_is_as_if_it_had_not_been()
    {
        await using var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        var production = await ProductionAsync();
        var expected = await SessionUnderTest.TradeAsync(production, State, new PaperSettings());
        var sent = 0;
        var down = false;
        var inner = await PostgresJournal.OpenAsync(database, "test", TimeProvider.System);
        var losing = new Losing(inner, async n =>
        {
            if (n != 40) return;
            Volatile.Write(ref down, true);
            await server.CrashAsync();
            _ = Task.Run(async () =>
            {
                await Task.Delay(700);
                // The server answers before its start has returned: from here on an order may be sent.
                Volatile.Write(ref down, false);
                await server.StartServerAsync();
            });
        });
        var end = await SessionUnderTest.TradeAsync(production, State + "-pg", new PaperSettings(),
            parts: new(Journal: losing, BrokerOf: b => new Counting(b, () =>
        {
            sent++;
            Volatile.Read(ref down).ShouldBeFalse("an order was sent while the journal was lost");
        })));
        end.Account().ShouldBe(expected.Account());
        end.Digest.ShouldBe(expected.Digest);
        sent.ShouldBe(expected.Host.Ledger.TrackedOrders.Count);
        var entries = await PostgresJournal.PeekAsync(database, "test", new JournalQuery());
        entries.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, entries.Count).Select(n => (long)n));
        entries.Count(e => e.Kind == nameof(OrderIntended)).ShouldBe(expected.Host.Ledger.TrackedOrders.Count);
        (await PostgresJournal.PeekAsync(database, "test",
            new JournalQuery(Kind: nameof(TradeChanged), Symbol: "ACME"))).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task When_PostgreSQL_crashes_that_is_feed_journal_and_store_in_one_the_session_goes_on_without_loss_or_double()
    {
        await using var server = await PostgresServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        var address = server.AddressOf(new Npgsql.NpgsqlConnectionStringBuilder(database).Database!);
        var backtest = await _under.BacktestAsync(to: "2022-01-11");
        var to = new DateTime(2022, 1, 11).Ticks;
        var undisturbed = await _under.LiveAsync(backtest, "undisturbed", r => r with { To = to });
        await using (var store = TestCatalogues.All.Stores.Open(Address.Parse(address)))
            foreach (var symbol in new[] { "ACME", "COINUSDT" })
            {
                await using var file = await TestCatalogues.All.Sources.Open(Address.Parse("csv:" + SessionUnderTest.Bars))
                    .OpenAsync(new BarQuery(symbol, Timeframe.H1, null, to));
                var bars = new List<Bar>();
                await foreach (var block in file.ReadAsync())
                    for (var i = 0; i < block.Count; i++)
                        bars.Add(block[i]);
                await store.MergeAsync(Data.Stores.BarsToStore.Of(file.Instrument, Timeframe.H1, bars, "the samples"));
            }
        Task? crash = null;
        var live = await _under.LiveAsync(backtest, "crashed", r => r with
        {
            Feed = Address.Parse($"{address}?keep={address}?dataset=kept"),
            State = address,
            To = to,
            // So slow that it is in the middle when the server goes.
            Speed = "fixed:4ms",
            Status = new AtTimestamp(status =>
            {
                if (crash is not null || status.Bars < 120) return;
                // On the session's own thread: it goes on with a server that is gone, whatever the machine does meanwhile.
                server.CrashAsync().GetAwaiter().GetResult();
                crash = server.StartServerAsync();
            }),
        });
        (crash is null).ShouldBeFalse();
        await crash!;
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Ledger.TrackedOrders.Select(t => t.Order.ClientId)
            .ShouldBe(undisturbed.Ledger.TrackedOrders.Select(t => t.Order.ClientId), ignoreOrder: true);
        live.Status.AccountEquity.ShouldBe(undisturbed.Status.AccountEquity, 1e-6);
        var entries = await PostgresJournal.PeekAsync(database, "live", new JournalQuery());
        entries.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, entries.Count).Select(n => (long)n));
        var taken = entries.Select(JournalCodec.Decode).OfType<BarsTaken>().SelectMany(b => b.Bars).ToList();
        taken.Count.ShouldBe((int)live.Status.Bars);
        taken.Select(b => (b.Symbol, b.Bar.Time)).Distinct().Count().ShouldBe(taken.Count);
        entries.Count(e => e.Kind == nameof(OrderIntended)).ShouldBe(live.Ledger.TrackedOrders.Count);
        await using var kept = TestCatalogues.All.Stores.Open(Address.Parse($"{address}?dataset=kept"));
        (await kept.ListAsync()).Sum(m => m.Count).ShouldBe(taken.Count);
    }

    private sealed class Losing(IJournal inner, Func<int, Task> before) : IJournal
    {
        private int _appends;

        public string Name => inner.Name;

        public long Last => inner.Last;

        public string? Cut => inner.Cut;

        public async ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
        {
            await before(++_appends);
            await inner.AppendAsync(entries, cancellationToken);
        }

        public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(query, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Counting(IBroker inner, Action sending) : IBroker, IMarketListener
    {
        public string Name => inner.Name;

        public ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default) =>
            ((IMarketListener)inner).OnBarsAsync(timestamp, bars, cancellationToken);

        public ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default)
        {
            sending();
            return inner.SubmitAsync(order, cancellationToken);
        }

        public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.CancelAsync(clientId, cancellationToken);

        public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
            CancellationToken cancellationToken = default) =>
                inner.ProtectAsync(clientId, stopPrice, targetPrice, cancellationToken);

        public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
            CancellationToken cancellationToken = default) => inner.MoveStopAsync(clientId, stopPrice, cancellationToken);

        public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
            inner.FindAsync(clientId, cancellationToken);

        public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
            inner.PollAsync(after, cancellationToken);

        public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) =>
            inner.SnapshotAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    [Fact]
    public async Task Every_signal_is_in_the_journal_with_its_factors_its_period_and_the_portfolios_answer()
    {
        var production = await ProductionAsync();
        await SessionUnderTest.TradeAsync(production, State, new PaperSettings());
        var signals = Journal(State).OfType<SignalDecided>().ToList();
        signals.Count.ShouldBeGreaterThan(100);
        signals.ShouldAllBe(s => s.Period < s.Timestamp && s.Price > 0 && s.Quantity > 0);
        signals.Where(s => s.Strategy.StartsWith("SmaCross(fast=5,slow=20)", StringComparison.Ordinal))
            .ShouldAllBe(s => s.Factors.ContainsKey("sma(5)") && s.Factors.ContainsKey("sma(20)"));
        signals.ShouldContain(s => s.Decision == Decision.Accepted && s.Granted > 0);
        signals.ShouldContain(s => s.Decision == Decision.Of("max-positions") && s.Granted == 0);
        // One live signal at most for a strategy, symbol, side and period.
        signals.GroupBy(s => (s.Strategy, s.Symbol, s.Side, s.Period)).ShouldAllBe(g => g.Count() == 1);
    }
}
