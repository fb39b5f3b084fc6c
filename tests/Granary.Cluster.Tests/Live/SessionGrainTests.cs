using Granary.Application.Json;
using Granary.Application.Live;
using Granary.Cluster.Portfolios;
using Granary.Cluster.Tests.Fixtures;
using Granary.Engine.Brokerage;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Granary.Cluster.Tests.Live;

/// <summary>The session of an account and the attempts to run it are separate grains: one of them may be lost alone.</summary>
public sealed class SessionGrainTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>
{
    private static readonly GrainId s_portfolio = GrainId.Create("portfolio", LiveSilos.Account);
    private static readonly GrainId s_session = GrainId.Create("session", LiveSilos.Account);

    [Fact]
    public async Task An_attempt_goes_on_without_the_sessions_grain_and_one_that_is_lost_is_followed_by_the_next()
    {
        await using var cluster = await LiveSilos.StartAsync(1, await made.Server.CreateDatabaseAsync());
        var (session, portfolio) = (cluster.Silos.Grains.GetGrain<ISessionGrain>(LiveSilos.Account),
            cluster.Silos.Grains.GetGrain<IPortfolioGrain>(LiveSilos.Account));
        var begun = await cluster.Sessions.StartAsync(made.Start(speed: "fixed:50ms", to: "2023-06-01"));
        var first = await cluster.UntilAsync(s => s.Status?.Bars > 10);
        (await portfolio.StandingAsync(1))!.IsOver.ShouldBeFalse();
        (await portfolio.StandingAsync(2)).ShouldBeNull();

        await GoAsync(session);
        var attached = await cluster.UntilAsync(s => s.Status?.Bars > first.Status!.Bars);
        (attached.Run, attached.Restarts, attached.StartedAt).ShouldBe((begun.Run, 0, begun.StartedAt));
        (await portfolio.StandingAsync(1))!.IsOver.ShouldBeFalse();
        // What is late, or comes twice, begins nothing.
        await portfolio.RunAsync(new SessionAttempt(LiveSilos.Account, 1, made.Start(), begun.Run));
        await portfolio.RunAsync(new SessionAttempt(LiveSilos.Account, 0, made.Start(), begun.Run));
        (await portfolio.StandingAsync(1))!.IsOver.ShouldBeFalse();

        await GoAsync(portfolio);
        var next = await cluster.UntilAsync(s => s is { Restarts: 1, Retry: null } && s.Status?.Bars > attached.Status!.Bars);
        next.Run.ShouldBe(begun.Run);
        (await portfolio.StandingAsync(1)).ShouldBeNull();
        (await portfolio.StandingAsync(2))!.IsOver.ShouldBeFalse();
        (await cluster.JournalAsync()).OfType<SessionStarted>().Count().ShouldBe(2);
        var end = await cluster.Sessions.CommandAsync(LiveSilos.Account, new SessionOrder(SessionCommand.Stop, "Anna", "enough"));
        (end!.Phase, end.Restarts).ShouldBe((SessionPhase.Done, 1));

        static async Task GoAsync(IAddressable grain) => await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
    }

    [Fact]
    public async Task A_running_session_that_the_portfolios_grain_stored_is_taken_over_with_its_epoch_and_runs_to_its_end()
    {
        await using var cluster = await LiveSilos.StartAsync(1, await made.Server.CreateDatabaseAsync());
        var storage = cluster.Silos.Storage.For(cluster.Silos.Cluster.GetSiloServiceProvider(cluster.Silos.Alive[0].SiloAddress)
            .GetRequiredService<Serializer>());
        var startedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await storage.WriteStateAsync("session", s_portfolio, new GrainState<SessionRecord>(new SessionRecord
        {
            Start = made.Start(),
            Run = "live-live-of-before",
            StartedAt = startedAt,
            Epoch = 7,
            Restarts = 2,
        }));
        // Without storage for its new place it stays in the old one.
        cluster.Silos.Storage.Away = "livesession";
        var (session, before) = (cluster.Silos.Grains.GetGrain<ISessionGrain>(LiveSilos.Account),
            cluster.Silos.Grains.GetGrain<IPortfolioGrain>(LiveSilos.Account));
        await Should.ThrowAsync<Exception>(() => session.SessionAsync());
        (await before.EarlierSessionAsync()).Run.ShouldBe("live-live-of-before");
        cluster.Silos.Storage.Away = null;

        // The silos were lost with it: nothing asks for it besides the silos themselves.
        await cluster.Silos.Grains.GetGrain<ISessionListGrain>(ISessionListGrain.Key).StartedAsync(LiveSilos.Account);
        var stored = await Eventually.IsAsync(() => StoredAsync("livesession", s_session), r => r.Last is not null);
        ((SessionPhase)stored.Phase, stored.Run, stored.StartedAt).ShouldBe((SessionPhase.Done, "live-live-of-before", startedAt));
        stored.Digest.ShouldBe(made.Embedded[""].Digest, TestSilos.Log.Tail);
        stored.Epoch.ShouldBeGreaterThan(7);
        (stored.Restarts - 2).ShouldBe((int)stored.Epoch - 7);
        var left = await StoredAsync("session", s_portfolio);
        (left.Start, left.Epoch, left.Run).ShouldBe((null, 7, ""));

        // Callers of the previous version have the same answers.
        var end = (await before.SessionAsync())!;
        (end.Phase, end.Digest, end.Run).ShouldBe((SessionPhase.Done, stored.Digest, stored.Run));
        (await before.StrategiesAsync()).ShouldBeNull();
        (await Should.ThrowAsync<InputException>(() => before.CommandAsync(new SessionOrder(SessionCommand.Pause, "Anna", "late"))))
            .Message.ShouldContain("the session of live is over");
        var again = await before.StartAsync(made.Start(to: "2023-01-25"));
        (again.Phase, again.Restarts).ShouldBe((SessionPhase.Running, 0));
        (await cluster.EndAsync()).Phase.ShouldBe(SessionPhase.Done, TestSilos.Log.Tail);
        (await StoredAsync("livesession", s_session)).Epoch.ShouldBeGreaterThan(stored.Epoch);
        (await before.SessionAsync())!.Run.ShouldBe(again.Run);

        async Task<SessionRecord> StoredAsync(string name, GrainId id)
        {
            var read = new GrainState<SessionRecord>(new SessionRecord());
            await storage.ReadStateAsync(name, id, read);
            return read.State!;
        }
    }
}
