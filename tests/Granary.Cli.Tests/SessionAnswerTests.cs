using Granary.Cli.Commands;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Cli.Tests;

/// <summary>What a session of a cluster answers to a command.</summary>
public class SessionAnswerTests
{
    private static SessionView View(LiveState state, SessionPhase phase = SessionPhase.Running, string? fault = null,
        params string[] notes) => new("alpha", "alpha-live", phase, "", default, "", "",
        new LiveStatus(state, new DateTime(2024, 1, 2, 3, 4, 0, DateTimeKind.Utc), 10, 1, 0, 100, 100, 100, 0,
            new Dictionary<string, double> { ["ACME"] = 5 }, 1, 1, 1, 1, 1, 0, 0, 0, 0, null, null,
            double.NaN, double.NaN, notes), null, fault, 0, []);

    private static Task<GranaryProcess> AnswerAsync(SessionCommand command, SessionView before, SessionView after,
        params SessionView[] later)
    {
        var (looks, clock) = (new Queue<SessionView>(later), new ManualClock());
        return GranaryCall.RunAsync(async () =>
        {
            var answer = SessionAnswer.RemoteAsync(new IssuedCommand(command, "me", ""), before, after,
                () => Task.FromResult(looks.Count > 0 ? looks.Dequeue() : after), clock, TestContext.Current.CancellationToken);
            while (!answer.IsCompleted) clock.Advance(TimeSpan.FromSeconds(1));
            return await answer;
        });
    }

    [Fact]
    public async Task A_command_is_answered_when_the_session_has_carried_it_out_with_its_new_notes()
    {
        var trading = View(LiveState.Trading, notes: "old");
        var (code, output, _) =
            await AnswerAsync(SessionCommand.Flatten, trading, trading, trading, View(LiveState.Paused, notes: ["old", "new"]));
        code.ShouldBe(0);
        output.ShouldStartWith("Flattening at 2024-01-02T03:04:00Z market time: all positions are being closed");
        output.ShouldContain("Note new");
        output.ShouldNotContain("Note old");
        (await AnswerAsync(SessionCommand.Stop, trading,
            View(LiveState.Ended,
                SessionPhase.Done))).Output.ShouldStartWith("Stopped at 2024-01-02T03:04:00Z market time; the run folder is written.");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2.0)]
    public void A_close_of_an_entry_that_waits_says_that_it_is_cancelled(double? quantity)
    {
        var after = View(LiveState.Trading).Status!;
        var order = new AccountOrderRow("alpha-h-1-e", "operator", "ACME", Side.Buy, OrderType.Limit, 5, 0, 90, "submitted", default);
        var trade = new AccountTradeRow(order.ClientId, "operator", 1, "ACME", Side.Buy, 3, 90, default, null, null);
        var close = new IssuedCommand(SessionCommand.Close, "me", "", Trade: order.ClientId)
        {
            Hand = quantity is null ? null : new HandRequest { Quantity = quantity },
        };
        LiveStatus With(params AccountTradeRow[] trades) =>
            after with { Account = new AccountDetails { Orders = [order], Trades = trades } };

        SessionAnswer.Sentence(close, With(), after)
            .ShouldStartWith("Cancelling the entry alpha-h-1-e, which has no fill, at 2024-01-02T03:04:00Z market time.");
        // It may fill while the command is on its way.
        SessionAnswer.Sentence(close, With(), With(trade)).ShouldStartWith("Closing ");
        SessionAnswer.Sentence(close, With(trade), after).ShouldStartWith("Closing ");
        SessionAnswer.Sentence(close, null, after).ShouldStartWith("Closing ");
    }

    [Fact]
    public async Task A_session_that_was_stopped_while_it_waited_is_a_success_that_says_what_it_waited_for()
    {
        const string Sentence = "ann stopped the session while it could not run (the feed is away); positions stay open";
        var (code, output, error) = await AnswerAsync(SessionCommand.Stop, View(LiveState.Trading, fault: "the feed is away"),
            View(LiveState.Trading, SessionPhase.Done, Sentence));
        (code, output, error).ShouldBe((0, $"Stopped: {Sentence}.\n", ""));
    }

    [Fact]
    public async Task A_command_that_is_not_carried_out_in_time_fails_and_says_what_the_session_waits_for()
    {
        var waiting = View(LiveState.Trading, fault: "the journal does not answer");
        var (code, output, error) = await AnswerAsync(SessionCommand.Pause, waiting, waiting);
        (code, output).ShouldBe((1, ""));
        error.ShouldContain("has not executed it yet, since it waits: the journal does not answer");
    }

    [Theory]
    [InlineData(LiveState.WaitingForJournal, "waiting for the journal: away")]
    [InlineData(LiveState.WaitingForVenue, "waiting for the venue: silent")]
    [InlineData(LiveState.WaitingForFeed, "waiting for the feed: stuck")]
    public void The_state_of_a_session_that_waits_names_what_it_waits_for(LiveState state, string expected)
    {
        var status = View(state).Status! with
        {
            JournalFault = state == LiveState.WaitingForJournal ? "away" : null,
            VenueFault = state == LiveState.WaitingForVenue ? "silent" : null,
            FeedFault = state == LiveState.WaitingForFeed ? "stuck" : null,
        };
        LiveView.Rows(status)[0].ShouldBe(["State", expected]);
    }

    [Fact]
    public void The_state_of_a_session_that_warms_up_counts_the_bars_and_says_why_there_are_no_signals()
    {
        var status = View(LiveState.Trading).Status! with { Strategies = 3, WarmingUp = new WarmUpProgress(2, 12, 200) };
        LiveView.Rows(status)[0][1].ShouldBe("trading; warming up, 12 of 200 bars in 2 of 3 strategies: no signals before the factors "
            + "have values");
        LiveView.Rows(status with { State = LiveState.WarmingUp, WarmingUp = new WarmUpProgress(3, 0, 200) })[0][1].ShouldBe(
            "warming up, 0 of 200 bars: no signals before the factors have values");
        LiveView.Rows(status with { State = LiveState.Paused })[0][1].ShouldBe("paused");
        status = status with
        {
            WarmingUp = status.WarmingUp! with
            {
                Feed = "csv:bars",
                Slowest = [new StrategyWarmUp("SmaCross(slow=200)@SPY:1d", "SPY 1d", "sma(200)", 12, 200)],
            },
        };
        LiveView.Rows(status).Single(r => r[0] == "Warming up")[1].ShouldBe(
            "SmaCross(slow=200)@SPY:1d: 12 of the 200 bars of SPY 1d that sma(200) needs, from csv:bars");
    }

    [Fact]
    public void A_session_without_a_recent_sign_of_life_is_said_not_to_run()
    {
        var status = View(LiveState.Trading).Status! with
        {
            SeenAt = TimeProvider.System.GetUtcNow(),
            Machine = Environment.MachineName,
            Process = Environment.ProcessId,
        };
        LiveView.Stopped(status).ShouldBeNull();
        LiveView.Stopped(status with { SeenAt = status.SeenAt.AddMinutes(-3) }).ShouldBe("not running; it was trading 3 min ago");
        // A process of another machine cannot be looked for.
        LiveView.Stopped(status with { Machine = "elsewhere", Process = int.MaxValue }).ShouldBeNull();
        LiveView.Stopped(status with { Process = int.MaxValue }).ShouldNotBeNull().ShouldMatch("^not running; it was trading \\d+ s ago$");
        LiveView.Stopped(status with { State = LiveState.Ended, SeenAt = default }).ShouldBeNull();
    }

    [Fact]
    public void The_box_of_a_session_names_each_figure_and_its_unit()
    {
        var rows = LiveView.Rows(View(LiveState.Trading).Status! with { LatencyP50 = 1500, LatencyP99 = 9000, Failed = 1 })
            .ToDictionary(r => r[0], r => r[1]);
        rows["State"].ShouldBe("trading");
        rows["Market time (UTC)"].ShouldBe("2024-01-02T03:04:00Z");
        rows["Positions"].ShouldBe("5 ACME");
        rows["Strategies"].ShouldBe("1, 1 failed");
        rows["Bar to order (ms)"].ShouldBe("1.50, 99th percentile 9.00");
    }
}
