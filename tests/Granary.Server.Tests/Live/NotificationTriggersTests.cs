using Granary.Contracts.Deployments;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Notifications;
using Granary.Trading.Live;

namespace Granary.Server.Tests.Live;

public class NotificationTriggersTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static SessionView View(double account, double model = 1000, int rejected = 0, SessionPhase phase = SessionPhase.Running) =>
        new("main", "run", phase, "me", Now, "", "", new LiveStatus(LiveState.Trading, default, 7, 1, 0, model, account, 0, 0,
            new Dictionary<string, double>(), 0, 0, 0, 0, 0, rejected, 0, 0, 0, null, null, double.NaN, double.NaN, []), null,
            phase == SessionPhase.Failed ? "the disk is full" : null, 0, []);

    private static NotificationTriggers With(NotificationEvent on, double threshold = 0) =>
        new([new NotificationRule(on, threshold, null, ["ops"])]);

    private static string[] Texts(NotificationTriggers triggers, SessionView view, double age = 0) =>
        [.. triggers.Of(view, TimeSpan.FromSeconds(age), Now).Select(f => f.Event.Text)];

    [Fact]
    public void A_drawdown_is_measured_from_the_highest_equity_and_reported_at_each_step()
    {
        var triggers = With(NotificationEvent.Drawdown, 10);
        Texts(triggers, View(1000)).ShouldBeEmpty();
        Texts(triggers, View(1200)).ShouldBeEmpty();
        Texts(triggers, View(1090)).ShouldBeEmpty();
        var first = triggers.Of(View(1060), default, Now).Single().Event;
        first.Text.ShouldBe("The equity of main is 11.67 % below its highest.");
        triggers.Of(View(1050), default, Now).Single().Event.Id.ShouldBe(first.Id, "the same step is the same event");
        triggers.Of(View(900), default, Now).Single().Event.Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public void Rules_of_other_thresholds_report_their_own_levels_and_the_same_level_once()
    {
        string[] Levels(NotificationEvent on, SessionView view, double age, params double[] thresholds)
        {
            var triggers = new NotificationTriggers([.. thresholds.Select(t => new NotificationRule(on, t, null, ["ops"]))]);
            return [.. triggers.Of(view, TimeSpan.FromSeconds(age), Now).Select(f => f.Event.Id)];
        }
        var rejected = View(1000, rejected: 12);
        var five = Levels(NotificationEvent.RejectedOrders, rejected, 0, 5);
        var ten = Levels(NotificationEvent.RejectedOrders, rejected, 0, 10);
        five.ShouldBe(ten, "both are at ten orders");
        Levels(NotificationEvent.RejectedOrders, rejected, 0, 4).ShouldNotBe(ten, "eight orders");
        Levels(NotificationEvent.FeedLag, View(1000), 400, 60, 300).Distinct().Count().ShouldBe(2, "the longer gap is another event");

        // Rules that a caller changes are in force from the next evaluation on, and the highest equity is kept.
        var changed = With(NotificationEvent.Drawdown, 50);
        Texts(changed, View(1000)).ShouldBeEmpty();
        Texts(changed, View(880)).ShouldBeEmpty();
        changed.Rules = [new NotificationRule(NotificationEvent.Drawdown, 10, null, ["ops"])];
        Texts(changed, View(880)).ShouldBe(["The equity of main is 12 % below its highest."]);
    }

    [Fact]
    public void A_day_outside_of_its_band_is_reported_once_with_its_amounts()
    {
        ParityRecord Day(double total, params string[] outside) => new("main", new DateOnly(2026, 1, 5), 1, total,
            new Dictionary<string, double>(), outside)
        { Unexplained = -2.5, AccountEquity = 1000 };
        var triggers = With(NotificationEvent.Parity);
        triggers.Of(Day(1), Now).ShouldBeEmpty();
        var (_, sent) = triggers.Of(Day(-20, "total", "unexplained"), Now).Single();
        sent.Text.ShouldBe("main on 2026-01-05 differs from a backtest of the final bars by -20.00 (-2 %), of which -2.50 (-0.25 %) is "
            + "unexplained; outside of its band: total and unexplained.");
        triggers.Of(Day(-21, "total"), Now).Single().Event.Id.ShouldBe(sent.Id, "a day is one event");
        With(NotificationEvent.Drift, 2).Of(Day(-20, "total"), Now).ShouldBeEmpty();
        new NotificationTriggers([new NotificationRule(NotificationEvent.Parity, 0, "other", ["ops"])]).Of(Day(-20, "total"), Now)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Lag_loss_drift_and_rejections_have_a_sentence_each()
    {
        Texts(With(NotificationEvent.FeedLag, 60), View(1000), 59).ShouldBeEmpty();
        Texts(With(NotificationEvent.FeedLag, 60), View(1000), 61).ShouldBe(["main took no bar for 61 s."]);
        Texts(With(NotificationEvent.Drift, 2), View(1030)).ShouldBe(
            ["The equity of main differs by 3 % from its portfolio's with simulated fills."]);
        var flat = View(1030);
        Texts(With(NotificationEvent.Drift, 2), flat with { Status = flat.Status! with { State = LiveState.Paused } })
            .ShouldBeEmpty("an operator closed everything and paused");
        Texts(With(NotificationEvent.Drift, 2), flat with { Status = flat.Status! with { ByHand = 20 } })
            .ShouldBeEmpty("two of three percent are entries by hand");
        Texts(With(NotificationEvent.RejectedOrders, 2), View(1000, rejected: 3)).ShouldBe(["3 orders of main were rejected."]);
        Texts(With(NotificationEvent.SessionLost), View(1000)).ShouldBeEmpty();
        Texts(With(NotificationEvent.SessionLost), View(1000) with { Retry = new SessionRetry(2, Now, "no network") }).ShouldBe(
            ["The session of main was interrupted and is tried again: no network"]);
        Texts(With(NotificationEvent.SessionLost), View(1000, phase: SessionPhase.Failed)).ShouldBe(
            ["The session of main failed: the disk is full"]);
    }

    [Fact]
    public void A_price_is_reported_once_when_a_bar_reaches_it_and_the_bar_before_did_not()
    {
        NotificationTriggers Made() => new(
        [
            new NotificationRule(NotificationEvent.PriceAbove, 105, null, ["ops"]) { Symbol = "ACME" },
            new NotificationRule(NotificationEvent.PriceBelow, 95, "main", ["ops"]) { Symbol = "ACME" },
        ]);
        var triggers = Made();
        long number = 0;
        List<Notification> Take(string symbol, double open, double high, double low, double close, bool isWarm = false,
            string timeframe = "1h")
        {
            number++;
            var time = new DateTime(2026, 1, 1).AddHours(number).Ticks;
            var bar = new ClosedBar(symbol, new Bar(time, open, high, low, close, 1), Timeframe.Parse(timeframe));
            var taken = new BarsTaken(time, [bar], isWarm);
            return [.. triggers.Of("main", JournalCodec.Encode(number, Now, taken)).Select(f => f.Event)];
        }
        Take("ACME", 100, 120, 90, 100, isWarm: true).ShouldBeEmpty("bars that warm up are of the past");
        Take("OTHER", 100, 110, 90, 100).ShouldBeEmpty();
        Take("ACME", 100, 104.5, 99, 104).ShouldBeEmpty();
        // The high is 106, so that 105 is reached, although the bar closes below it.
        var rose = Take("ACME", 104, 106, 103, 104.5).ShouldHaveSingleItem();
        rose.Text.ShouldBe("ACME rose to 105: the bar of 2026-01-01 04:00 UTC reached 106 and closed at 104.5.");
        // The next bars stay at 105 or above it.
        Take("ACME", 104.5, 107, 104, 107).ShouldBeEmpty();
        Take("ACME", 108, 109, 107, 108).ShouldBeEmpty();
        // A gap from 107 to 94.5 passes 95. After a bar that stays above 95, the price falls to it again.
        var fell = Take("ACME", 94, 94.5, 93, 94).ShouldHaveSingleItem();
        fell.Text.ShouldStartWith("ACME fell to 95: ");
        Take("ACME", 96, 97, 95.5, 96.5).ShouldBeEmpty();
        Take("ACME", 96, 96, 94, 95.2).ShouldHaveSingleItem().Id.ShouldNotBe(fell.Id);
        // A bar of four hours has the prices of hours that are known already.
        Take("ACME", 96, 120, 90, 95.2, timeframe: "4h").ShouldBeEmpty();

        // An entry that is read again, in this process or after a restart, is the same event.
        var at = new DateTime(2026, 1, 2).Ticks;
        var again = JournalCodec.Encode(99, Now, new BarsTaken(at, [new ClosedBar("ACME", new Bar(at, 100, 106, 99, 106, 1),
            Timeframe.Parse("1h"))]));
        string[] ids = [.. Enumerable.Range(0, 2).Select(_ => triggers.Of("main", again).Single().Event.Id),
            Made().Of("main", again).Single().Event.Id];
        ids.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public void Servers_that_read_a_journal_by_turns_report_a_price_once()
    {
        NotificationTriggers Made() => new([new NotificationRule(NotificationEvent.PriceAbove, 105, null, ["ops"]) { Symbol = "ACME" }]);
        List<Notification> Take(NotificationTriggers server, long number, double open, double high)
        {
            var time = new DateTime(2026, 1, 1).AddHours(number).Ticks;
            var bar = new ClosedBar("ACME", new Bar(time, open, high, open, high, 1), Timeframe.Parse("1h"));
            return [.. server.Of("main", JournalCodec.Encode(number, Now, new BarsTaken(time, [bar]))).Select(f => f.Event)];
        }
        var (first, second) = (Made(), Made());
        Take(first, 1, 99, 100).ShouldBeEmpty();
        Take(second, 2, 103, 106).ShouldHaveSingleItem();
        Take(first, 3, 106, 107).ShouldBeEmpty("the bar before reached it, which the second server read");
        Take(first, 4, 100, 104).ShouldBeEmpty();
        Take(first, 5, 106, 107).ShouldHaveSingleItem("the gap is over a price that the bar before did not reach");
    }
}
