using Granary.Notifications;
using Granary.Testing;

namespace Granary.Server.Tests.Notifications;

/// <summary>Limits of channels and rules over a durable outbox, with a clock that the test moves.</summary>
public sealed class DigestsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-digests-").FullName;
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<(string Channel, Notification Sent, TimeSpan After)> _sent = [];
    private readonly DateTimeOffset _start;
    private int _added;

    public DigestsTests() => _start = _clock.GetUtcNow();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Outbox Open(IOutboxStore? store = null) => new(store ?? new FileOutboxStore(_folder), _clock);

    private void Add(int count, NotificationEvent kind = NotificationEvent.Fill, TimeSpan? every = null, string channel = "ops",
        IOutboxStore? store = null)
    {
        var outbox = Open(store);
        for (var i = 0; i < count; i++)
            outbox.Add(Notification.Of(kind, "main", $"{++_added}", $"event {_added}", _clock.GetUtcNow()), channel, every);
    }

    // Each turn opens the outbox again, as after a restart.
    private Task TurnAsync(SendLimit limit, IOutboxStore? store = null) => Open(store).DeliverAsync((d, _) =>
    {
        _sent.Add((d.Channel, d.Notification, _clock.GetUtcNow() - _start));
        return Task.CompletedTask;
    }, default, _ => limit);

    private static SendLimit Every(double minutes) => new(TimeSpan.FromMinutes(minutes), null, default);

    private static SendLimit Most(int most) => new(null, most, TimeSpan.FromHours(1));

    [Fact]
    public Task Notifications_of_a_quarter_of_an_hour_are_one_message_also_over_restarts() => CheckEveryAsync(null);

    [Fact]
    public async Task Notifications_of_a_quarter_of_an_hour_are_one_message_on_two_silos()
    {
        var connection = await (await PostgresServer.ShareAsync()).CreateDatabaseAsync();
        await CheckEveryAsync(new PostgresOutboxStore(connection));
        var other = new PostgresOutboxStore(connection);
        using (other.Lease("ops", LeaseKind.Channel).ShouldNotBeNull())
        {
            Add(1, NotificationEvent.SessionLost, store: other);
            await TurnAsync(Every(15), new PostgresOutboxStore(connection));
            _sent.Count.ShouldBe(3, "another silo chooses the messages of the channel");
        }
        await TurnAsync(Every(15), other);
        _sent.Count.ShouldBe(4);
        other.Cursor("main").ShouldBeNull();
        other.SetCursor("main", new JournalCursor(7, _start));
        other.SetCursor("main", new JournalCursor(8, _start));
        new PostgresOutboxStore(connection).Cursor("main").ShouldBe(new JournalCursor(8, _start));
    }

    private async Task CheckEveryAsync(IOutboxStore? store)
    {
        Add(2, store: store);
        Add(1, NotificationEvent.SignalRefused, store: store);
        Add(1, NotificationEvent.Drawdown, store: store);
        await TurnAsync(Every(15), store);
        _sent.Select(s => s.Sent.Text).ShouldBe(["event 4"], "a drawdown does not wait");
        _clock.Advance(TimeSpan.FromMinutes(10));
        Add(22, store: store);
        await TurnAsync(Every(15), store);
        _clock.Advance(TimeSpan.FromMinutes(4.9));
        await TurnAsync(Every(15), store);
        _sent.Count.ShouldBe(1);
        _clock.Advance(TimeSpan.FromMinutes(0.1));
        await TurnAsync(Every(15), store);
        await TurnAsync(Every(15), store);
        var digest = _sent.Skip(1).Single().Sent;
        var lines = digest.Text.Split('\n');
        lines[0].ShouldBe("25 notifications: 24 fill, 1 signal-refused");
        lines.Skip(1).Take(20).Count(l => l.StartsWith("2026-01-01 00:00:00 UTC event ", StringComparison.Ordinal)).ShouldBe(3);
        lines.Skip(1).Take(20).Count(l => l.StartsWith("2026-01-01 00:10:00 UTC event ", StringComparison.Ordinal)).ShouldBe(17);
        lines[21..].ShouldBe(["and 5 more"]);
        (digest.Event, digest.Subject).ShouldBe((NotificationEvent.Digest, "main"));

        // One alone is itself.
        Add(1, store: store);
        _clock.Advance(TimeSpan.FromMinutes(15));
        await TurnAsync(Every(15), store);
        _sent.Last().Sent.Text.ShouldBe("event 27");
        Open(store).List().CountBy(d => d.State).ToDictionary(c => c.Key, c => c.Value).ShouldBe(new Dictionary<DeliveryState, int>
        {
            [DeliveryState.Delivered] = 3,
            [DeliveryState.Collected] = 25,
        }, ignoreOrder: true);
    }

    [Fact]
    public async Task Of_a_hundred_notifications_twenty_messages_an_hour_are_sent_and_none_is_lost()
    {
        Add(100);
        await TurnAsync(Most(20));
        _sent.Count.ShouldBe(20);
        _sent.Take(19).ShouldAllBe(s => s.Sent.Event == NotificationEvent.Fill);
        _sent.Take(19).Select(s => s.Sent.Text).ShouldBe(Enumerable.Range(1, 19).Select(i => $"event {i}"));
        _sent[19].Sent.Text.ShouldStartWith("81 notifications: 81 fill\n2026-01-01 00:00:00 UTC event 20\n2026-01-01 00:00:00 UTC event 21\n");
        Add(5);
        Add(1, NotificationEvent.SessionLost);
        for (var minute = 0; minute < 59; minute++)
        {
            await TurnAsync(Most(20));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
        _sent.Skip(20).Select(s => s.Sent.Text).ShouldBe(["event 106"], "only the lost session");
        // The twenty of the first minute fall out of the hour, the lost session counts.
        _clock.Advance(TimeSpan.FromMinutes(1));
        await TurnAsync(Most(20));
        _sent.Skip(21).Select(s => s.Sent.Text).ShouldBe(Enumerable.Range(101, 5).Select(i => $"event {i}"));
        Counted().ShouldBe(106);
    }

    // What people read: messages alone, and the counts of the digests.
    private int Counted() => _sent.Sum(s => s.Sent.Event == NotificationEvent.Digest ? int.Parse(s.Sent.Text.Split(' ')[0]) : 1);

    [Fact]
    public async Task Under_random_limits_and_restarts_no_hour_has_more_messages_and_each_notification_is_read_once()
    {
        var random = new Random(7);
        for (var round = 0; round < TestEffort.Of(5, 200); round++)
        {
            _sent.Clear();
            _added = 0;
            var most = random.Next(1, 6);
            var limit = new SendLimit(random.Next(3) == 0 ? TimeSpan.FromMinutes(random.Next(1, 30)) : null, most, TimeSpan.FromHours(1));
            var store = new FileOutboxStore(Path.Combine(_folder, $"{round}"));
            for (var turn = 0; turn < 40; turn++)
            {
                if (turn < 30) Add(random.Next(4), every: random.Next(4) == 0 ? TimeSpan.FromMinutes(7) : null, store: store);
                await TurnAsync(limit, store);
                _clock.Advance(TimeSpan.FromMinutes(random.Next(1, 25)));
            }
            _clock.Advance(TimeSpan.FromHours(2));
            await TurnAsync(limit, store);
            Counted().ShouldBe(_added);
            foreach (var one in _sent)
                _sent.Count(s => s.After <= one.After && s.After > one.After - TimeSpan.FromHours(1)).ShouldBeLessThanOrEqualTo(most);
            Open(store).List().ShouldAllBe(d => d.State != DeliveryState.Pending);
        }
    }

    [Fact]
    public async Task A_rule_collects_for_itself()
    {
        Add(2, every: TimeSpan.FromHours(1));
        Add(1, NotificationEvent.Stop, TimeSpan.FromMinutes(5));
        Add(1, NotificationEvent.OrderRejected);
        await TurnAsync(SendLimit.None);
        _sent.Select(s => s.Sent.Event).ShouldBe([NotificationEvent.OrderRejected]);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await TurnAsync(SendLimit.None);
        _sent.Last().Sent.Event.ShouldBe(NotificationEvent.Stop);
        _clock.Advance(TimeSpan.FromMinutes(55));
        await TurnAsync(SendLimit.None);
        _sent.Count.ShouldBe(3);
        _sent.Last().Sent.Text.ShouldStartWith("2 notifications: 2 fill\n");
    }

    [Fact]
    public async Task A_digest_that_was_stored_before_a_crash_is_sent_once_and_its_parts_not_again()
    {
        Add(3);
        _clock.Advance(TimeSpan.FromMinutes(15));
        await Should.ThrowAsync<IOException>(() => TurnAsync(Every(15), new CrashingStore(new FileOutboxStore(_folder), replaces: 1)));
        _sent.ShouldBeEmpty();
        Add(1);
        await TurnAsync(Every(15));
        _sent.Single().Sent.Text.ShouldStartWith("3 notifications");
        _clock.Advance(TimeSpan.FromMinutes(15));
        await TurnAsync(Every(15));
        _sent.Select(s => s.Sent.Text.Split('\n')[0]).ShouldBe(["3 notifications: 3 fill", "event 4"]);
    }

    [Fact]
    public async Task A_crash_between_sending_and_storing_sends_the_same_message_again()
    {
        Add(1);
        await Should.ThrowAsync<IOException>(() => TurnAsync(SendLimit.None, new CrashingStore(new FileOutboxStore(_folder), replaces: 1)));
        _sent.Count.ShouldBe(1);
        new FileOutboxStore(_folder).All().Single().Attempts.ShouldBe(1, "it was stored before the message was sent");
        await TurnAsync(SendLimit.None);
        _sent.Count.ShouldBe(1, "the next attempt has its pause");
        _clock.Advance(TimeSpan.FromSeconds(5));
        await TurnAsync(SendLimit.None);
        await TurnAsync(SendLimit.None);
        _sent.Count.ShouldBe(2);
        _sent.Select(s => s.Sent.Id).Distinct().Count().ShouldBe(1, "the receiver can see that it is the same");
    }

    [Fact]
    public async Task A_process_that_ends_in_each_attempt_does_not_exceed_the_limit_of_attempts()
    {
        Add(1);
        for (var crash = 0; crash < Outbox.MostAttempts + 5; crash++)
        {
            if (new FileOutboxStore(_folder).All().Single().State != DeliveryState.Dead)
                await (crash < Outbox.MostAttempts
                    ? Should.ThrowAsync<IOException>(() =>
                        TurnAsync(SendLimit.None, new CrashingStore(new FileOutboxStore(_folder), replaces: 1)))
                    : TurnAsync(SendLimit.None));
            _clock.Advance(TimeSpan.FromHours(2));
        }
        _sent.Count.ShouldBe(Outbox.MostAttempts);
        var ended = new FileOutboxStore(_folder).All().Single();
        (ended.State, ended.Attempts).ShouldBe((DeliveryState.Dead, Outbox.MostAttempts));
        ended.Fault.ShouldNotBeNull().ShouldContain("the process ended during the last attempt");
    }

    [Fact]
    public async Task A_refusal_for_good_ends_early_and_a_demanded_pause_holds_the_whole_channel()
    {
        Add(3);
        var attempts = new List<string>();
        Task SendAsync(Exception fault) => Open().DeliverAsync((d, _) =>
        {
            attempts.Add(d.Notification.Text);
            throw fault;
        }, default);
        await SendAsync(new DeliveryException("403: kicked; add it") { IsPermanent = true });
        attempts.Count.ShouldBe(3, "each message is refused for itself");
        Open().List().ShouldAllBe(d => d.State == DeliveryState.Dead && d.Attempts == 1 && d.Fault == "403: kicked; add it");

        attempts.Clear();
        Add(3);
        Add(1, channel: "other");
        await SendAsync(new DeliveryException("429") { Pause = TimeSpan.FromSeconds(90) });
        attempts.Count.ShouldBe(2, "one of each channel");
        _clock.Advance(TimeSpan.FromSeconds(89));
        await TurnAsync(SendLimit.None);
        _sent.ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await TurnAsync(SendLimit.None);
        _sent.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_channel_that_does_not_answer_delays_no_other()
    {
        Add(1, channel: "slow");
        Add(1, channel: "ops");
        var slow = new TaskCompletionSource();
        var sent = new TaskCompletionSource();
        var turn = Open().DeliverAsync((d, _) =>
        {
            if (d.Channel == "slow") return slow.Task;
            sent.SetResult();
            return Task.CompletedTask;
        }, default);
        await sent.Task;
        turn.IsCompleted.ShouldBeFalse();
        slow.SetResult();
        await turn;
    }

    private static SendLimit Quiet(string from, string to, params NotificationEvent[] except) => SendLimit.None with
    {
        Quiet = new QuietHours(TimeOnly.Parse(from), TimeOnly.Parse(to), TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"), except),
    };

    private async Task AtAsync(string utc, SendLimit limit, params NotificationEvent[] add)
    {
        var at = DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture);
        _clock.Advance(at - _clock.GetUtcNow());
        foreach (var kind in add) Add(1, kind);
        await TurnAsync(limit);
    }

    [Fact]
    public async Task Quiet_hours_over_midnight_hold_all_but_the_excepted_events_and_end_with_one_message()
    {
        var limit = Quiet("22:00", "07:00", NotificationEvent.Stop, NotificationEvent.Drawdown);
        // Paris is an hour before UTC in winter. Each turn is a new process.
        await AtAsync("2026-01-05T20:59:59Z", limit, NotificationEvent.Fill);
        _sent.Count.ShouldBe(1);
        await AtAsync("2026-01-05T21:00:00Z", limit, NotificationEvent.Fill, NotificationEvent.Stop, NotificationEvent.Drawdown);
        _sent.Skip(1).Select(s => s.Sent.Event).ShouldBe([NotificationEvent.Stop, NotificationEvent.Drawdown], ignoreOrder: true);
        // It is urgent, and not excepted.
        await AtAsync("2026-01-06T02:00:00Z", limit, NotificationEvent.SessionLost, NotificationEvent.Test);
        _sent.Skip(3).Select(s => s.Sent.Event).ShouldBe([NotificationEvent.Test]);
        await AtAsync("2026-01-06T05:59:59Z", limit, NotificationEvent.SessionEnded);
        _sent.Count.ShouldBe(4);
        await AtAsync("2026-01-06T06:00:00Z", limit, NotificationEvent.Fill);
        _sent.Skip(4).Select(s => s.Sent.Text.Split('\n')[0]).ShouldBe(["3 notifications: 1 fill, 1 session-ended, 1 session-lost", "event 8"]);
        await AtAsync("2026-01-06T07:00:00Z", limit);
        Counted().ShouldBe(8);
        Open().List().ShouldAllBe(d => d.State != DeliveryState.Pending);
    }

    [Fact]
    public async Task Quiet_hours_hold_repetitions_and_what_a_rule_has_collected()
    {
        var limit = Quiet("22:00", "07:00");
        await AtAsync("2026-01-05T20:50:00Z", SendLimit.None);
        Add(2, NotificationEvent.Fill, TimeSpan.FromMinutes(30));
        Add(1, NotificationEvent.SignalRefused, TimeSpan.FromDays(1));
        Add(1, NotificationEvent.Stop);
        await Open().DeliverAsync((_, _) => throw new IOException("away"), default, _ => limit);
        await AtAsync("2026-01-06T03:00:00Z", limit, NotificationEvent.Drawdown);
        _sent.ShouldBeEmpty();
        await AtAsync("2026-01-06T09:00:00Z", limit);
        _sent.Select(s => s.Sent.Text.Split('\n')[0]).ShouldBe(["event 4", "3 notifications: 2 fill, 1 drawdown"]);
        await AtAsync("2026-01-06T20:50:00Z", limit);
        _sent.Last().Sent.Text.ShouldBe("event 3", "its rule collects for a day");
    }

    [Theory]
    // The clock goes from 02:00 to 03:00 on 29 March, and from 03:00 to 02:00 on 25 October.
    [InlineData("22:00", "07:00", "2026-03-28T21:00Z", "2026-03-29T05:00Z")]
    [InlineData("22:00", "07:00", "2026-10-24T20:00Z", "2026-10-25T06:00Z")]
    [InlineData("01:30", "02:30", "2026-03-29T00:30Z", "2026-03-29T01:00Z")]
    [InlineData("02:30", "04:00", "2026-03-29T01:00Z", "2026-03-29T02:00Z")]
    [InlineData("01:30", "02:30", "2026-10-24T23:30Z", "2026-10-25T01:30Z")]
    [InlineData("02:30", "04:00", "2026-10-25T00:30Z", "2026-10-25T03:00Z")]
    public void Quiet_hours_follow_the_clock_of_their_zone_on_days_on_which_it_changes(string from, string to, string begin, string end)
    {
        var quiet = Quiet(from, to).Quiet!;
        var (first, last) = (DateTimeOffset.Parse(begin, null), DateTimeOffset.Parse(end, null));
        var minute = TimeSpan.FromMinutes(1);
        for (var at = first; at < last; at += minute) quiet.Contains(at).ShouldBeTrue($"{at}");
        quiet.Contains(first - minute).ShouldBeFalse();
        for (var at = last; at < last + TimeSpan.FromHours(3); at += minute)
        {
            quiet.Contains(at).ShouldBeFalse($"{at}");
            quiet.LastEnd(at).ShouldBe(last);
        }
    }

    [Theory]
    [InlineData("15m", 900)]
    [InlineData("90s", 90)]
    [InlineData("7d", 604800)]
    [InlineData("2h", 7200)]
    [InlineData("0m", null)]
    [InlineData("8d", null)]
    [InlineData("-1m", null)]
    [InlineData("1.5h", null)]
    [InlineData("m", null)]
    [InlineData("15 m", null)]
    public void A_length_of_time_is_read_and_written(string text, int? seconds)
    {
        var read = SendLimit.ReadEvery(text);
        read.ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);
        if (read is { } every) SendLimit.ReadEvery(SendLimit.WriteEvery(every)).ShouldBe(every);
    }

    /// <summary>Fails after a number of replacements, as the process that ends there.</summary>
    private sealed class CrashingStore(IOutboxStore inner, int replaces) : IOutboxStore
    {
        private int _left = replaces;

        public DateTimeOffset? Since
        {
            get => inner.Since;
            set => inner.Since = value;
        }

        public IReadOnlyList<Delivery> All() => inner.All();

        public Delivery? Find(string id) => inner.Find(id);

        public bool TryAdd(Delivery delivery) => inner.TryAdd(delivery);

        public void Replace(Delivery delivery)
        {
            if (_left-- <= 0) throw new IOException("the process has ended");
            inner.Replace(delivery);
        }

        public void Remove(string id) => inner.Remove(id);

        public IDisposable? Lease(string name, LeaseKind kind) => inner.Lease(name, kind);

        public JournalCursor? Cursor(string account) => inner.Cursor(account);

        public void SetCursor(string account, JournalCursor cursor) => inner.SetCursor(account, cursor);
    }
}
