using Granary.Contracts.Why;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;
using Granary.Trading.Tests.Live;
using Granary.Trading.Why;

namespace Granary.Trading.Tests.Why;

/// <summary>Why a strategy of a live session acted, from its journal: while it runs, after a loss, and with a damaged journal.</summary>
public sealed class SessionWhyTests : IDisposable
{
    private const string Strategy = "SmaCross(fast=5,slow=20)@COINUSDT:1h";
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private string State => Path.Combine(_under.Folder, "state");

    private static SessionWhy Of(string state) => new(AccountStores.Open(Address.Parse(state), one: true), TestCatalogues.All);

    private static IReadOnlyList<JournalEvent> Journal(string state) =>
        [.. FileJournal.Peek(state, new JournalQuery()).Select(JournalCodec.Decode)];

    private static double Sma(IReadOnlyList<double> closes, int count) => closes.TakeLast(count).Sum() / count;

    // Everything that the journal says of one signal, with factors computed from its bars.
    private static async Task CheckAsync(string state, SignalDecided decided, IReadOnlyList<JournalEvent> journal, SessionWhy? why = null)
    {
        var answer = await (why ?? Of(state)).AnswerAsync("state", new WhyQuery(decided.Strategy, Signal: decided.Number),
            TestContext.Current.CancellationToken);
        answer.ShouldNotBeNull();
        answer.Bar!.Time.Ticks.ShouldBe(decided.Period);
        var signal = answer.Signals.Single(s => s.Number == decided.Number);
        (signal.Decision, signal.Granted, signal.Quantity).ShouldBe((decided.Decision.Word, decided.Granted, decided.Quantity));
        var closes = journal.OfType<BarsTaken>().SelectMany(t => t.Bars).Where(b => b.Symbol == "COINUSDT" && b.Bar.Time <= decided.Period)
            .Select(b => b.Bar.Close).ToList();
        answer.Factors[0].Value!.Value.ShouldBe(Sma(closes, 5), 1e-9);
        answer.Factors[1].Value!.Value.ShouldBe(Sma(closes, 20), 1e-9);
        answer.Factors.ShouldAllBe(f => Math.Abs(decided.Factors[f.Name] - f.Value!.Value) < 1e-12);
        answer.Conditions.Single(c => c.Holds).Text.ShouldBe(decided.Side == Engine.Trading.Side.Buy
            ? "sma(5) crosses above sma(20)" : "sma(5) crosses below sma(20)");
        // Its order, and the fill that came back, with the two decimals of the samples unless it lies between two prices.
        var orders = journal.OfType<OrderIntended>().Where(o => o.Strategy == Strategy && o.Trade == decided.Number
            && o.Order.Closes is null)
            .ToList();
        answer.Venue.Count(f => f.Kind == nameof(OrderIntended) && f.Text.Contains(orders.FirstOrDefault()?.Order.ClientId ?? "none",
            StringComparison.Ordinal)).ShouldBe(orders.Count);
        foreach (var fill in journal.OfType<VenueReported>().Where(v => v.Event.Fill?.ClientId == orders.FirstOrDefault()?.Order.ClientId
            && v.Event.Fill is { Leg: "" }))
            answer.Venue.ShouldContain(f => f.Kind == nameof(VenueReported)
                && f.Text.Contains(Digits.Text(fill.Event.Fill!.Price, 2), StringComparison.Ordinal));
        answer.Portfolio.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_session_is_asked_from_its_journal_while_it_runs_and_after_it_was_lost()
    {
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine((await _under.BacktestAsync()).Folder, "prod.json"));
        var (calls, asked, lost) = (0, 0, Path.Combine(_under.Folder, "lost"));
        // A server asks with one object all the time, which keeps what it has read of the journal.
        var server = Of(State);
        await SessionUnderTest.TradeAsync(production, State, new PaperSettings(), parts: new(BrokerOf: b => new InterceptedBroker(b,
            async (call, _) =>
            {
                if (call != "OnBarsAsync" || ++calls is not (250 or 500)) return;
                asked++;
                // The lease is held, and the session waits for this answer alone.
                Should.Throw<LeaseException>(() => { FileJournal.Open(State, TimeProvider.System); });
                var now = Journal(State);
                await CheckAsync(State, now.OfType<SignalDecided>().Last(s => s.Strategy == Strategy), now, server);
                if (calls < 500) return;
                Directory.CreateDirectory(lost);
                foreach (var file in Directory.EnumerateFiles(State, "journal.*")
                    .Where(f => !f.EndsWith(".lease", StringComparison.Ordinal)))
                    File.Copy(file, Path.Combine(lost, Path.GetFileName(file)));
            })), cancellationToken: TestContext.Current.CancellationToken);
        asked.ShouldBe(2);
        var journal = Journal(State);
        var signals = journal.OfType<SignalDecided>().Where(s => s.Strategy == Strategy).ToList();
        signals.Count.ShouldBeGreaterThan(15);
        foreach (var decided in signals) await CheckAsync(State, decided, journal, server);
        await CheckAsync(State, signals[^1], journal);
        signals.ShouldContain(s => s.Decision != Decision.Accepted);
        // The copy is what the process would have left, had it been killed then.
        var before = Journal(lost);
        foreach (var decided in before.OfType<SignalDecided>().Where(s => s.Strategy == Strategy).TakeLast(3))
            await CheckAsync(lost, decided, before);
    }

    [Fact]
    public async Task A_damaged_journal_and_a_wrong_question_are_one_sentence()
    {
        var backtest = await _under.BacktestAsync(to: "2022-01-20");
        await _under.LiveAsync(backtest, with: r => r with { State = State });
        var why = Of(State);
        (await Should.ThrowAsync<InputException>(() => why.AnswerAsync("state", new WhyQuery("SmaCros(fast=5,slow=20)@COINUSDT:1h",
            Signal: 1)))).Message.ShouldBe("strategy SmaCros(fast=5,slow=20)@COINUSDT:1h: the session of state has no strategy of this id; "
                + $"did you mean '{Strategy}'?");
        (await Should.ThrowAsync<InputException>(() => why.AnswerAsync("state", new WhyQuery(Strategy, Signal: 9999)))).Message
            .ShouldContain("name 1 to");
        (await Should.ThrowAsync<InputException>(() => why.AnswerAsync("state", new WhyQuery(Strategy, Trade: 1)))).Message
            .ShouldBe("trade 1: a session's trades have the numbers of their signals; ask with signal 1");
        (await Should.ThrowAsync<InputException>(() => why.AnswerAsync("state", new WhyQuery(Strategy,
            At: new DateTime(2030, 1, 1))))).Message
            .ShouldContain("name a time between them");

        var damaged = Path.Combine(_under.Folder, "damaged");
        Directory.CreateDirectory(damaged);
        foreach (var file in Directory.EnumerateFiles(State)) File.Copy(file, Path.Combine(damaged, Path.GetFileName(file)));
        var path = Path.Combine(damaged, "journal.grj");
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x40;
        File.WriteAllBytes(path, bytes);
        var fault = await Should.ThrowAsync<JournalException>(() => Of(damaged).AnswerAsync("damaged", new WhyQuery(Strategy, Signal: 1)));
        fault.Message.ShouldContain("journal.grj");
        fault.Message.ShouldNotContain('\n');
    }
}
