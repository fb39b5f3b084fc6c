using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Testing;
using Granary.Trading.Live;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Live;

/// <summary>
/// A silo that shuts down hands its session over to a silo that was prepared before. Whatever is lost in between, the session ends as if
/// nothing had happened.
/// </summary>
public sealed class SessionHandoverTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>
{
    private const string Rough = "seed=5,latency=2m,reject=0.1,partial=0.3,timeout=0.2";
    private const string Speed = "fixed:20ms";
    private static readonly string[] s_files =
        ["trades.csv", "equity.csv", "portfolio_trades.csv", "account_trades.csv", "account_equity.csv", "orders.csv"];

    [Fact]
    public async Task A_silo_that_shuts_down_hands_its_session_over_and_every_file_is_as_without_it()
    {
        await using var cluster = await StartAsync(2, new Fate());
        var from = await HostAsync(cluster);
        var phases = new HashSet<SessionPhase>();
        var stop = cluster.Silos.Cluster.StopSiloAsync(from);
        var moved = await cluster.UntilAsync(s => phases.Add(s.Phase) && false
            || s is { Phase: SessionPhase.Running } && phases.Contains(SessionPhase.HandingOver));
        phases.ShouldBe([SessionPhase.Running, SessionPhase.HandingOver], ignoreOrder: true);
        moved.Host.ShouldNotBe(from.SiloAddress.ToString());
        (moved.Restarts, moved.Fault, moved.Retry).ShouldBe((0, null, null));
        await stop;
        await IsAsUndisturbedAsync(cluster);
        var journal = await cluster.JournalAsync();
        journal.OfType<SessionStarted>().Count().ShouldBe(2);
        var bars = journal.OfType<BarsTaken>().SelectMany(t => t.Bars.Select(b => (b.Symbol, b.Bar.Time))).ToList();
        bars.Distinct().Count().ShouldBe(bars.Count);
    }

    [LongFact(nameof(A_silo_that_shuts_down_hands_its_session_over_and_every_file_is_as_without_it))]
    public async Task A_successor_that_dies_while_it_is_prepared_is_followed_by_another_one()
    {
        var (fate, held) = (new Fate(), new Held());
        await using var cluster = await StartAsync(3, fate);
        var from = await HostAsync(cluster);
        fate.BeforePeek = held.HoldAsync;
        var stop = cluster.Silos.Cluster.StopSiloAsync(from);
        var dying = await held.First;
        var first = cluster.Silos.Alive.Single(s => cluster.AccountsOf(s) == dying);
        await cluster.Silos.KillAsync(first);
        await dying.CutAsync();
        held.Release();
        await stop;
        var moved = await cluster.UntilAsync(s => s is { Phase: SessionPhase.Running, Gateway.Length: > 0 }
            && s.Host != from.SiloAddress.ToString());
        moved.Host.ShouldNotBe(first.SiloAddress.ToString());
        await IsAsUndisturbedAsync(cluster);
    }

    [LongFact(nameof(A_silo_that_shuts_down_hands_its_session_over_and_every_file_is_as_without_it))]
    public async Task A_silo_that_is_killed_while_its_successor_is_prepared_loses_nothing()
    {
        var (fate, held) = (new Fate(), new Held());
        await using var cluster = await StartAsync(2, fate);
        var from = await HostAsync(cluster);
        var accounts = cluster.AccountsOf(from);
        fate.BeforePeek = held.HoldAsync;
        var stop = cluster.Silos.Cluster.StopSiloAsync(from);
        await held.First;
        await accounts.CutAsync();
        held.Release();
        await stop;
        await IsAsUndisturbedAsync(cluster);
    }

    [LongFact(nameof(A_silo_that_shuts_down_hands_its_session_over_and_every_file_is_as_without_it))]
    public async Task Two_silos_that_shut_down_one_after_the_other_hand_the_session_on()
    {
        await using var cluster = await StartAsync(3, new Fate());
        var first = await HostAsync(cluster);
        var stopFirst = cluster.Silos.Cluster.StopSiloAsync(first);
        await cluster.UntilAsync(s => s.Host.Length > 0 && s.Gateway.Length > 0 && s.Host != first.SiloAddress.ToString());
        var second = await HostAsync(cluster);
        await cluster.Silos.Cluster.StopSiloAsync(second);
        await stopFirst;
        var third = cluster.Silos.Alive.Single();
        var last = await cluster.UntilAsync(s => s.Phase == SessionPhase.Running && s.Gateway.Length > 0);
        last.Host.ShouldBe(third.SiloAddress.ToString());
        await IsAsUndisturbedAsync(cluster);
    }

    [LongFact(nameof(A_silo_that_shuts_down_hands_its_session_over_and_every_file_is_as_without_it))]
    public async Task Two_silos_that_shut_down_at_once_hand_the_session_to_the_third()
    {
        await using var cluster = await StartAsync(3, new Fate());
        var first = await HostAsync(cluster);
        var others = cluster.Silos.Alive.Where(s => s != first).ToList();
        await Task.WhenAll(cluster.Silos.Cluster.StopSiloAsync(first), cluster.Silos.Cluster.StopSiloAsync(others[0]));
        await cluster.UntilAsync(s => s.Phase == SessionPhase.Running && s.Gateway == others[1].SiloAddress.ToString());
        await IsAsUndisturbedAsync(cluster);
    }

    [LongFact(nameof(A_silo_that_shuts_down_hands_its_session_over_and_every_file_is_as_without_it))]
    public async Task Without_another_silo_the_session_stops_and_goes_on_when_one_starts()
    {
        await using var cluster = await StartAsync(1, new Fate());
        var only = await HostAsync(cluster);
        await cluster.Silos.Cluster.StopSiloAsync(only);
        cluster.Log.Text.ShouldContain($"Live session of {LiveSilos.Account}: no other silo can take it (there is none)");
        await cluster.Silos.Cluster.StartAdditionalSiloAsync();
        await IsAsUndisturbedAsync(cluster);
    }

    [Fact]
    public async Task A_command_during_a_handover_is_executed_once()
    {
        var (fate, held) = (new Fate(), new Held());
        await using var cluster = await StartAsync(2, fate, speed: "fixed:100ms");
        var from = await HostAsync(cluster);
        fate.BeforePeek = held.HoldAsync;
        var stop = cluster.Silos.Cluster.StopSiloAsync(from);
        await held.First;
        (await cluster.Sessions.FindAsync(LiveSilos.Account))!.Phase.ShouldBe(SessionPhase.HandingOver);
        var before = cluster.Sessions.CommandAsync(LiveSilos.Account, new IssuedCommand(SessionCommand.Pause, "Anna", "lunch"));
        held.Release();
        await before;
        await stop;
        await cluster.UntilAsync(s => s is { Phase: SessionPhase.Running, Status.State: LiveState.Paused });
        (await cluster.Sessions.CommandAsync(LiveSilos.Account, new IssuedCommand(SessionCommand.Stop, "Anna", "enough")))!.Phase
            .ShouldBe(SessionPhase.Done);
        (await cluster.JournalAsync()).OfType<SessionControlled>().Where(c => c.Command != SessionCommand.ReloadWeights)
            .Select(c => c.Command).ShouldBe([SessionCommand.Pause, SessionCommand.Stop]);
    }

    private async Task<LiveSilos> StartAsync(int silos, Fate fate, string speed = Speed)
    {
        var cluster = await LiveSilos.StartAsync(silos, await made.Server.CreateDatabaseAsync(), fate);
        await cluster.PlacePortfolioAsync(cluster.Silos.Alive[0]);
        await cluster.Sessions.StartAsync(made.Start(Rough, speed));
        await cluster.UntilAsync(s => s.Status is { Bars: > 100, OpenTrades: > 0 });
        return cluster;
    }

    private static async Task<InProcessSiloHandle> HostAsync(LiveSilos cluster)
    {
        var host = (await cluster.Sessions.FindAsync(LiveSilos.Account))!.Host;
        return cluster.Silos.Alive.Single(s => s.SiloAddress.ToString() == host);
    }

    private async Task IsAsUndisturbedAsync(LiveSilos cluster)
    {
        var end = await cluster.EndAsync();
        end.Phase.ShouldBe(SessionPhase.Done, $"{end.Fault}\n{cluster.Log.Text}");
        end.Digest.ShouldBe(made.Embedded[Rough].Digest, cluster.Log.Text);
        (await cluster.AccountAsync()).ShouldBeTheAccount(made.Embedded[Rough].Account, cluster.Log.Text);
        foreach (var file in s_files)
            File.ReadAllText(Path.Combine(cluster.Silos.Runs, end.Run, file))
                .ShouldBe(File.ReadAllText(Path.Combine(made.Folder, "live-1", file)), file);
    }

    /// <summary>Holds the first silo that prepares a session until it is released.</summary>
    private sealed class Held
    {
        private readonly TaskCompletionSource<MortalAccounts> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<MortalAccounts> First => _first.Task.WaitAsync(Eventually.Longest);

        public void Release() => _released.TrySetResult();

        public async Task HoldAsync(MortalAccounts silo)
        {
            _first.TrySetResult(silo);
            await _released.Task.WaitAsync(Eventually.Longest);
        }
    }
}
