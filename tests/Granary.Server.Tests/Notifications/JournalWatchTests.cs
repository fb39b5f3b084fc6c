using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Notifications;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Server.Tests.Notifications;

/// <summary>Events of accounts from their journals: each once, over restarts.</summary>
public sealed class JournalWatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-watch-").FullName;
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<long> _read = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IAccountStore Accounts => AccountStores.Open(Address.Parse(Path.Combine(_folder, "accounts")));

    private JournalWatch Watch => new(Accounts, new FileOutboxStore(Path.Combine(_folder, "box")));

    private async Task WriteAsync(string account, params JournalEvent[] events)
    {
        await using var journal = await Accounts.OpenJournalAsync(account, "test", _clock);
        await journal.AppendAsync([.. events.Select((e, i) => JournalCodec.Encode(journal.Last + 1 + i, _clock.GetUtcNow(), e))]);
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    private Task ReadAsync(JournalWatch? watch = null, Action<JournalEntry>? each = null, bool isRunning = true) =>
        (watch ?? Watch).ReadAsync("main", "run", isRunning, each ?? (e => _read.Add(e.Sequence)), _clock.GetUtcNow(), default);

    private static JournalEvent Skipped(int number) => new EntrySkipped(1, number, "late") { Strategy = "s", Symbol = "ACME" };

    [Fact]
    public async Task What_happened_before_the_first_start_is_not_news_and_later_entries_are_read_once()
    {
        await WriteAsync("main", Skipped(1), Skipped(2));
        Watch.Start(_clock.GetUtcNow());
        await ReadAsync();
        _read.ShouldBeEmpty();
        await WriteAsync("main", Skipped(3));
        // The server is down meanwhile, and starts again.
        _clock.Advance(TimeSpan.FromDays(1));
        Watch.Start(_clock.GetUtcNow());
        await ReadAsync();
        await ReadAsync();
        await WriteAsync("main", Skipped(4), Skipped(5));
        await ReadAsync();
        _read.ShouldBe([3, 4, 5]);
    }

    [Fact]
    public async Task An_entry_whose_event_was_not_stored_is_read_again()
    {
        Watch.Start(_clock.GetUtcNow());
        await WriteAsync("main", Skipped(1), Skipped(2), Skipped(3));
        await Should.ThrowAsync<IOException>(() => ReadAsync(each: e =>
        {
            if (e.Sequence == 2) throw new IOException("the disk is full");
        }));
        await ReadAsync();
        _read.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_journal_that_begins_again_is_read_from_its_beginning()
    {
        Watch.Start(_clock.GetUtcNow());
        await WriteAsync("main", Skipped(1), Skipped(2), Skipped(3));
        await ReadAsync();
        Directory.Delete(Path.Combine(_folder, "accounts", "main"), recursive: true);
        await WriteAsync("main", Skipped(1), Skipped(2));
        await ReadAsync();
        await ReadAsync();
        _read.ShouldBe([1, 2, 3, 1, 2]);
    }

    [Fact]
    public async Task The_journal_of_an_ended_session_is_read_to_its_end_and_then_left_alone()
    {
        var watch = Watch;
        watch.Start(_clock.GetUtcNow());
        await WriteAsync("main", Skipped(1));
        await ReadAsync(watch, isRunning: false);
        Directory.Delete(Path.Combine(_folder, "accounts", "main"), recursive: true);
        await ReadAsync(watch, isRunning: false);
        _read.ShouldBe([1]);
        // A session that trades it again is followed again.
        await WriteAsync("main", Skipped(1));
        await ReadAsync(watch);
        _read.ShouldBe([1, 1]);
    }

    [Fact]
    public async Task A_session_is_not_held_up_while_its_journal_is_read()
    {
        Watch.Start(_clock.GetUtcNow());
        await using var journal = await Accounts.OpenJournalAsync("main", "test", _clock);
        await journal.AppendAsync([JournalCodec.Encode(1, _clock.GetUtcNow(), Skipped(1))]);
        var inner = 0;
        await ReadAsync(each: e =>
        {
            journal.AppendAsync([JournalCodec.Encode(2, _clock.GetUtcNow(), Skipped(2))]).AsTask().GetAwaiter().GetResult();
            inner++;
        });
        inner.ShouldBe(1);
        await ReadAsync();
        _read.ShouldBe([2]);
    }

    private (NotificationEvent Event, string Text)[] Found(params JournalEvent[] events)
    {
        var rules = NotificationSettings.Events.Where(e => NotificationRule.IsOfJournal(e.Event))
            .Select(e => new NotificationRule(e.Event, 0, "main", ["ops"]));
        var triggers = new NotificationTriggers([.. rules, new(NotificationEvent.Fill, 0, "another", ["ops"])]);
        return [.. events.SelectMany((e, i) => triggers.Of("main", JournalCodec.Encode(i + 1, _clock.GetUtcNow(), e)))
            .DistinctBy(f => f.Event.Id).Select(f => (f.Event.Event, f.Event.Text))];
    }

    private static VenueReported Fill(string id, string leg = "", double price = 101.25) => new(1, new BrokerEvent(1,
        new BrokerFill(id, "a-1", leg, "ACME", leg.Length == 0 ? Side.Buy : Side.Sell, price, 0.5, 0.1, 1),
        new BrokerOrderStatus("a-1", "v", OrderState.Filled, 0.5, "")));

    [Fact]
    public void Fills_refusals_stops_and_sessions_have_a_sentence_each()
    {
        Found(Fill("e1"), Fill("e1"), Fill("e2", "stop", 95), new VenueReported(1, new BrokerEvent(3, null,
            new BrokerOrderStatus("a-1", "v", OrderState.Cancelled, 0, "")))).ShouldBe(
        [
            (NotificationEvent.Fill, "main bought 0.5 ACME at 101.25, fee 0.1."),
            (NotificationEvent.Fill, "main sold 0.5 ACME at 95 (stop), fee 0.1."),
        ]);
        Found(Decided(Decision.NoCash), Decided(Decision.WeightZero), Decided(Decision.Accepted), Skipped(4)).ShouldBe(
        [
            (NotificationEvent.SignalRefused, "main refused a signal of s in ACME: no cash."),
            (NotificationEvent.SignalRefused, "main sent no order for a signal of s in ACME: late."),
        ]);
        Found(new OrderChanged(1, "a-1", OrderState.Submitted, OrderState.Rejected, "min notional.") { Symbol = "ACME" },
            new OrderChanged(1, "a-2", OrderState.Submitted, OrderState.Cancelled, "") { Symbol = "ACME" }).ShouldBe(
            [(NotificationEvent.OrderRejected, "An order of main in ACME was rejected: min notional.")]);
        Found(Trade("stop"), Trade("target"), Trade("trail"), Trade("liquidation"), Trade("signal"),
            Trade("stop") with { State = TradeState.Active }).ShouldBe(
        [
            (NotificationEvent.Stop, "main: stop closed 2 ACME long at 95, profit -10.5 after fees."),
            (NotificationEvent.Stop, "main: target closed 2 ACME long at 95, profit -10.5 after fees."),
            (NotificationEvent.Stop, "main: trail closed 2 ACME long at 95, profit -10.5 after fees."),
            (NotificationEvent.Stop, "main: liquidation closed 2 ACME long at 95, profit -10.5 after fees."),
        ]);
        Found(new SessionStarted(1, "t", "main", "c", "paper", "h", 1, false), new SessionChanged(1, "Trading", "Paused", ""),
            new SessionChanged(1, "Trading", "Ended", "")).ShouldBe(
        [
            (NotificationEvent.SessionStarted, "A session trades main on paper."),
            (NotificationEvent.SessionEnded, "The session of main ended."),
        ]);
    }

    [Fact]
    public async Task A_model_that_drifts_is_reported_once_also_when_the_server_starts_again()
    {
        ModelWatched Change(bool isWorse, bool isFurther) =>
            new(1, "trend", isWorse, isFurther, isWorse ? 0.5 : 1, 0.25, isWorse ? 0.6125 : 0.2, 80) { Strategy = "s", Symbol = "ACME" };
        NotificationRule[] rules = [new(NotificationEvent.ModelDrift, 0, null, ["ops"]), new(NotificationEvent.Drift, 2, null, ["ops"])];
        List<(string Id, string Text)> sent = [];
        Task ServeAsync()
        {
            // A new process: nothing but the folder is left of the one before.
            var triggers = new NotificationTriggers(rules);
            Watch.Start(_clock.GetUtcNow());
            return ReadAsync(each: e => sent.AddRange(triggers.Of("main", e).Select(f => (f.Event.Id, f.Event.Text))));
        }
        await ServeAsync();
        await WriteAsync("main", Skipped(1), Change(true, false), Change(true, true));
        await ServeAsync();
        await ServeAsync();
        sent.Select(s => s.Text).ShouldBe(["main: the model trend of s has drifted. 61.3 % of its newest 80 predictions were wrong, "
            + "25 % before; entries get 0.5 of their size."]);
        // It predicts well again, and drifts a second time.
        await WriteAsync("main", Change(false, false), Change(true, false));
        await ServeAsync();
        sent.Select(s => s.Id).Distinct().Count().ShouldBe(2);
        sent.Count.ShouldBe(2);
    }

    private static SignalDecided Decided(Decision decision) => new(1, 3, 1, Side.Buy, OrderType.Market, 100, 1, 0, 0, 1, double.NaN, 1,
        decision, 0, new Dictionary<string, double>())
    { Strategy = "s", Symbol = "ACME" };

    private static TradeChanged Trade(string why) =>
        new(1, 1, TradeState.Closed, Side.Buy, 2, 0, 100, 95, -10, 0.5, 1, 2, why) { Strategy = "s", Symbol = "ACME" };
}
