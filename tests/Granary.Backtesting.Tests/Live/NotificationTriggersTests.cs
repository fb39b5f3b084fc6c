using Granary.Contracts.Sessions;
using Granary.Server.Notifications;
using Granary.Trading.Live;

namespace Granary.Backtesting.Tests.Live;

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
    public void Lag_loss_drift_and_rejections_have_a_sentence_each()
    {
        Texts(With(NotificationEvent.FeedLag, 60), View(1000), 59).ShouldBeEmpty();
        Texts(With(NotificationEvent.FeedLag, 60), View(1000), 61).ShouldBe(["main took no bar for 61 s."]);
        Texts(With(NotificationEvent.Drift, 2), View(1030)).ShouldBe(
            ["The equity of main differs by 3 % from its portfolio's with simulated fills."]);
        Texts(With(NotificationEvent.RejectedOrders, 2), View(1000, rejected: 3)).ShouldBe(["3 orders of main were rejected."]);
        Texts(With(NotificationEvent.SessionLost), View(1000)).ShouldBeEmpty();
        Texts(With(NotificationEvent.SessionLost), View(1000) with { Retry = new SessionRetry(2, Now, "no network") }).ShouldBe(
            ["The session of main was interrupted and is tried again: no network"]);
        Texts(With(NotificationEvent.SessionLost), View(1000, phase: SessionPhase.Failed)).ShouldBe(
            ["The session of main failed: the disk is full"]);
    }
}
