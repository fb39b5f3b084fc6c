using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

public class SessionRestartsTests
{
    private static readonly Exception Away = new JournalException("the journal is away") { MayPass = true };

    private static LiveStatus StatusAfter(long bars) => new(LiveState.Trading, default, bars, 1, 0, 0, 0, 0, 0,
        new Dictionary<string, double>(), 0, 0, 0, 0, 0, 0, 0, 0, 0, null, null, double.NaN, double.NaN, []);

    private static TimeSpan PauseOf(SessionRetry? retry, TimeProvider clock) => retry!.NextAt - clock.GetUtcNow();

    private sealed class Stopped : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    [Fact]
    public void Pauses_double_to_five_seconds_and_after_twenty_attempts_to_a_minute()
    {
        var clock = new Stopped();
        var restarts = new SessionRestarts(clock);
        var retries = Enumerable.Range(0, 40).Select(_ => restarts.After(Away, null)).ToList();
        retries.Take(8).Select(r => PauseOf(r, clock).TotalSeconds).ShouldBe([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5]);
        PauseOf(retries[19], clock).TotalSeconds.ShouldBe(5);
        retries.Skip(20).Take(5).Select(r => PauseOf(r, clock).TotalSeconds).ShouldBe([10, 20, 40, 60, 60]);
        // One warning and one error, however long it lasts.
        retries.Count(r => r!.IsFirst).ShouldBe(1);
        retries.Count(r => r!.IsLasting).ShouldBe(1);
    }

    [Fact]
    public void A_new_bar_begins_the_pauses_again_and_a_new_status_ends_the_wait()
    {
        var clock = new Stopped();
        var restarts = new SessionRestarts(clock);
        var before = StatusAfter(5);
        for (var i = 0; i < 10; i++) restarts.After(Away, before);
        restarts.Waiting(before)!.Attempts.ShouldBe(10);
        var after = StatusAfter(6);
        restarts.Waiting(after).ShouldBeNull();
        var next = restarts.After(Away, after);
        (next!.Attempts, PauseOf(next, clock).TotalSeconds).ShouldBe((1, 0.1));
    }

    [Fact]
    public void A_wrong_configuration_is_not_tried_again_and_an_unknown_fault_twenty_times()
    {
        var restarts = new SessionRestarts(new Stopped());
        restarts.After(new InputException("the option is wrong"), null).ShouldBeNull();
        restarts = new SessionRestarts(new Stopped());
        Enumerable.Range(0, 30).TakeWhile(_ => restarts.After(new ArithmeticException("broken"), null) is not null).Count().ShouldBe(19);
    }

    [Fact]
    public async Task A_stop_ends_the_wait_once_three_attempts_have_failed()
    {
        var restarts = new SessionRestarts(TimeProvider.System);
        var control = new QueuedControl();
        _ = control.SendAsync(new IssuedCommand(SessionCommand.Stop, "operator", "broken"));
        restarts.After(Away, null);
        (await restarts.WaitAsync(control.StopAsked, TestContext.Current.CancellationToken)).ShouldBeNull();
        for (var i = 0; i < 20; i++) restarts.After(Away, null);
        (await restarts.WaitAsync(control.StopAsked, TestContext.Current.CancellationToken))!.Who.ShouldBe("operator");
    }
}
