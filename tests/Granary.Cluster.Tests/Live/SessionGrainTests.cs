using Granary.Cluster.Portfolios;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Testing;
using Granary.Trading.Live;
using Orleans.Core.Internal;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Live;

/// <summary>The session of an account and the attempts to run it are separate grains: one of them may be lost alone.</summary>
public sealed class SessionGrainTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>
{
    [Fact]
    public async Task An_attempt_goes_on_without_the_sessions_grain_and_one_that_is_lost_is_followed_by_the_next()
    {
        await using var cluster = await LiveSilos.StartAsync(1, await made.Server.CreateDatabaseAsync());
        var (session, portfolio) = (cluster.Silos.Grains.GetGrain<ISessionGrain>(LiveSilos.Account),
            cluster.Silos.Grains.GetGrain<IPortfolioGrain>(LiveSilos.Account));
        var begun = await cluster.Sessions.StartAsync(made.Start(speed: "fixed:50ms", to: "2023-06-01"));
        var first = await cluster.UntilAsync(s => s.Status?.Bars > 10);
        (await portfolio.StateAsync(1))!.IsOver.ShouldBeFalse();
        (await portfolio.StateAsync(2)).ShouldBeNull();

        await GoAsync(session);
        var attached = await cluster.UntilAsync(s => s.Status?.Bars > first.Status!.Bars);
        (attached.Run, attached.Restarts, attached.StartedAt).ShouldBe((begun.Run, 0, begun.StartedAt));
        (await portfolio.StateAsync(1))!.IsOver.ShouldBeFalse();
        // What is late, or comes twice, begins nothing.
        await portfolio.RunAsync(new SessionAttempt(LiveSilos.Account, 1, made.Start(), begun.Run, []));
        await portfolio.RunAsync(new SessionAttempt(LiveSilos.Account, 0, made.Start(), begun.Run, []));
        (await portfolio.StateAsync(1))!.IsOver.ShouldBeFalse();

        await GoAsync(portfolio);
        var next = await cluster.UntilAsync(s => s is { Restarts: 1, Retry: null } && s.Status?.Bars > attached.Status!.Bars);
        next.Run.ShouldBe(begun.Run);
        (await portfolio.StateAsync(1)).ShouldBeNull();
        (await portfolio.StateAsync(2))!.IsOver.ShouldBeFalse();
        (await cluster.JournalAsync()).OfType<SessionStarted>().Count().ShouldBe(2);
        var end = await cluster.Sessions.CommandAsync(LiveSilos.Account, new IssuedCommand(SessionCommand.Stop, "Anna", "enough"));
        (end!.Phase, end.Restarts).ShouldBe((SessionPhase.Done, 1));

        static async Task GoAsync(IAddressable grain) => await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
    }
}
