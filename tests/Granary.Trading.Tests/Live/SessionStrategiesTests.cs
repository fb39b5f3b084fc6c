using Granary.Contracts.Batches;
using Granary.Contracts.Sessions;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>Single strategies of a live session: asked while it trades, and stopped through its journal.</summary>
public sealed class SessionStrategiesTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private string State => Path.Combine(_under.Folder, "state");

    // Looks at a strategy each time that the session takes commands, and gives one at one of these times.
    private sealed class Looking(SessionStrategies strategies, string id, int at, IssuedCommand order) : ISessionControl
    {
        private int _looks;

        public List<SessionStrategy> Seen { get; } = [];

        public IReadOnlyList<IssuedCommand> Take()
        {
            Seen.Add(strategies.Find(id)!);
            return ++_looks == at ? [order] : [];
        }

        public void Show(LiveStatus status, bool now)
        {
        }
    }

    [Fact]
    public async Task A_strategy_stands_as_in_a_backtest_and_once_stopped_enters_no_more_and_goes_on_to_its_exits()
    {
        var backtest = await _under.BacktestAsync();
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine(backtest.Folder, "prod.json"));
        var entry = backtest.Model.Strategies[0];
        var strategies = new SessionStrategies();
        var control = new Looking(strategies, entry.Id, 900, SessionStrategies.StopOrder(entry.Id, "Anna", "too dear"));
        await SessionUnderTest.TradeAsync(production, State, new PaperSettings(),
            options: new LiveOptions { Account = "test", Control = control, Strategies = strategies });

        var bars = File.ReadLines(Path.Combine(SessionUnderTest.Bars, entry.Symbol + ".csv")).Skip(1)
            .Count(l => string.CompareOrdinal(l[..10], "2022-02-10") < 0);
        var trades = File.ReadLines(Path.Combine(backtest.Folder, "trades.csv")).Skip(1)
            .Count(l => l.StartsWith($"\"{entry.Id}\"", StringComparison.Ordinal) && !l.Contains(",open,", StringComparison.Ordinal));
        var last = control.Seen[^1];
        (last.Id, last.State, last.Bars, last.Trades, last.Error).ShouldBe((entry.Id, StrategyPhase.Running, bars, trades, null));
        last.Equity!.Value.ShouldBe(entry.Stats!.FinalEquity, 1e-6);
        last.Weight.ShouldBe(production.Spec.Portfolio.FixedWeights![entry.Id]);
        (control.Seen[899].Enabled, last.Enabled).ShouldBe((true, false));
        control.Seen.ShouldContain(s => s.Positions.ContainsKey(entry.Symbol));

        var journal = Journal();
        var stop = journal.OfType<EnablementChanged>().Single();
        (stop.Enabled, stop.Who, stop.Why, stop.Strategy).ShouldBe((false, "Anna", "too dear", entry.Id));
        var signals = journal.OfType<SignalDecided>().Where(s => s.Strategy == entry.Id).ToList();
        signals.ShouldContain(s => s.Timestamp < stop.Timestamp && s.Decision == Decision.Accepted);
        signals.Where(s => s.Timestamp > stop.Timestamp).ToList().ShouldNotBeEmpty();
        signals.ShouldNotContain(s => s.Timestamp > stop.Timestamp && s.Decision == Decision.Accepted);
        journal.OfType<TradeChanged>().Where(t => t.Strategy == entry.Id).GroupBy(t => t.Number).ShouldAllBe(t => t.Last().Open == 0);

        // The journal says it to the next session, before that one does anything.
        strategies.End();
        strategies.Find(entry.Id).ShouldBeNull();
        var again = new SessionStrategies();
        await SessionUnderTest.TradeAsync(production, State, new PaperSettings(),
            options: new LiveOptions { Account = "test", Strategies = again });
        again.Find(entry.Id)!.Enabled.ShouldBeFalse();
        again.Find(backtest.Model.Strategies[1].Id)!.Enabled.ShouldBeTrue();
        again.Find("no such strategy").ShouldBeNull();
    }

    [Theory]
    [InlineData(SessionCommand.Disable, 1)]
    [InlineData(SessionCommand.Pause, 0)]
    internal async Task An_entry_that_waits_at_the_broker_is_cancelled_when_entries_are_stopped(SessionCommand command, int left)
    {
        // Both wait far below the market, where nothing fills.
        var backtest = await _under.BacktestAsync("""
            { "class": "LimitEntries", "params": { "percent": 60 }, "size": { "cash": 1000 } }
            """);
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine(backtest.Folder, "prod.json"));
        var id = backtest.Model.Strategies[0].Id;
        var undisturbed = await SessionUnderTest.TradeAsync(production, State + "2", new PaperSettings());
        undisturbed.Host.Ledger.OpenOrders.Count.ShouldBe(2, string.Join("; ", FileJournal.Peek(State + "2", new JournalQuery())
            .Select(JournalCodec.Decode).Where(e => e is SignalDecided or OrderIntended or OrderAnswered).Take(8)));
        var strategies = new SessionStrategies();
        var end = await SessionUnderTest.TradeAsync(production, State, new PaperSettings(), options: new LiveOptions
        {
            Account = "test",
            Control = new Looking(strategies, id, 300, new IssuedCommand(command, "Anna", "news",
                command == SessionCommand.Disable ? id : "")),
            Strategies = strategies,
        });
        end.Host.Ledger.OpenOrders.Count.ShouldBe(left);
        end.Host.Ledger.OpenOrders.ShouldAllBe(o => o.Intent.Strategy != id);
        // The strategies do not see it.
        end.Strategies.ShouldBe(undisturbed.Strategies);
    }

    [Fact]
    public void A_strategy_that_the_session_does_not_show_yet_differs_from_one_that_it_does_not_have()
    {
        SessionStrategies.Missing("main", "b", new HashSet<string> { "a" }).ShouldBeNull();
        Should.Throw<ServiceUnavailableException>(() => SessionStrategies.Missing("main", "a", new HashSet<string> { "a" })).Message
            .ShouldBe("the session of main is opening its account or recovering from a loss, and does not show a yet; ask again");
    }

    private IReadOnlyList<JournalEvent> Journal() => [.. FileJournal.Peek(State, new JournalQuery()).Select(JournalCodec.Decode)];
}
