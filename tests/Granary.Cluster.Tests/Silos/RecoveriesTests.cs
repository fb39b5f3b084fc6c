using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Live;
using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Live;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Silos;

/// <summary>The metric <c>granary.recoveries</c>: the survivors count the work of a lost silo, each piece once.</summary>
public sealed class RecoveriesTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>, IDisposable
{
    private const string Symbol = "COINUSDT";

    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    // Strategies wait at a gate, each with the feed of its symbol, on all silos.
    private string Batch => _batches.Write("held", """
        {
          "name": "held", "data": { "source": "csv:data/1h", "symbols": "*", "timeframe": "1h" },
          "strategies": [
            { "class": "Dawdler", "params": { "every": 100000, "variant": [1, 2], "gateAt": 400 }, "size": { "percentOfEquity": 20 } }
          ],
          "portfolio": { "weights": "equal" }
        }
        """);

    // The readers of a feed may be on its silo, on others or on both, so the feeds are a test of their own.
    private static string WithoutFeeds(Recoveries counted) =>
        string.Join(", ", counted.Text.Split(", ").Where(c => !c.StartsWith("feed", StringComparison.Ordinal)));

    [Fact]
    public Task The_groups_and_the_batch_of_a_lost_silo_count_once() => CountOnceAsync(hasBatch: true);

    [LongFact(nameof(The_groups_and_the_batch_of_a_lost_silo_count_once))]
    public Task The_groups_of_a_lost_silo_without_the_batch_count_once() => CountOnceAsync(hasBatch: false);

    // Each of three silos with one thread gets two of the groups of six symbols.
    private const int Groups = 2;

    private static Task BegunAsync(TestSilos cluster) =>
        Eventually.HoldsAsync(() => cluster.Alive.All(s => cluster.ComputeOf(s).Groups == Groups));

    private async Task CountOnceAsync(bool hasBatch)
    {
        await using var cluster = await TestSilos.StartAsync(3,
            s => s with { BlockSize = 128, StrategyDeadline = TimeSpan.FromMinutes(10) });
        using var gate = cluster.Gates.Close(400);
        var id = await cluster.SubmitAsync(Batch);
        await gate.Reached;
        await BegunAsync(cluster);
        var home = await HostOfAsync(cluster, cluster.Grains.GetGrain<IReportingGrain>(id));
        var lost = hasBatch ? home : cluster.Alive.First(s => s != home);
        using var counted = new Recoveries(cluster, except: lost);
        await cluster.KillAsync(lost);
        gate.Open();
        (await cluster.EndAsync(id)).State.ShouldBe(JobState.Done, cluster.Log.Text);
        WithoutFeeds(counted).ShouldBe(hasBatch ? $"batch 1, strategy-group {Groups}" : $"strategy-group {Groups}", cluster.Log.Text);
    }

    [Fact]
    public async Task A_job_with_which_three_silos_ended_before_it_finished_anything_fails_and_runs_again_when_it_is_resumed()
    {
        await using var cluster = await TestSilos.StartAsync(4,
            s => s with { BlockSize = 128, StrategyDeadline = TimeSpan.FromMinutes(10) });
        using var gate = cluster.Gates.Close(400);
        var id = await cluster.SubmitAsync(Batch);
        for (var death = 1; death <= 3; death++)
        {
            await Eventually.HoldsAsync(() => cluster.Log.Text.Contains($"attempt {death}", StringComparison.Ordinal));
            await cluster.KillAsync(await HostOfAsync(cluster, cluster.Grains.GetGrain<IReportingGrain>(id)));
        }
        var failed = await cluster.EndAsync(id);
        (failed.State, failed.WrongInput).ShouldBe((JobState.Failed, false), cluster.Log.Text);
        failed.Fault.ShouldNotBeNull().ShouldStartWith("3 silos ended one after another while this job ran, which had finished ");
        gate.Open();
        (await cluster.Grains.GetGrain<IJobGrain>(id).ResumeAsync())!.Status!.State.ShouldBe(JobState.Queued);
        (await cluster.EndAsync(id)).State.ShouldBe(JobState.Done, cluster.Log.Text);
    }

    [Fact]
    public Task The_work_of_a_silo_that_stops_in_order_is_not_lost() => StopsAsync(hasBatch: true);

    [LongFact(nameof(The_work_of_a_silo_that_stops_in_order_is_not_lost))]
    public Task The_groups_of_a_silo_without_the_batch_that_stops_in_order_are_not_lost() => StopsAsync(hasBatch: false);

    private async Task StopsAsync(bool hasBatch)
    {
        await using var cluster = await TestSilos.StartAsync(3, s => s with { BlockSize = 128, Drain = Eventually.Longest });
        using var counted = new Recoveries(cluster);
        using var gate = cluster.Gates.Close(400);
        var id = await cluster.SubmitAsync(Batch);
        await gate.Reached;
        var home = await HostOfAsync(cluster, cluster.Grains.GetGrain<IReportingGrain>(id));
        var leaving = cluster.Cluster.StopSiloAsync(hasBatch ? home : cluster.Alive.First(s => s != home));
        gate.Open();
        await leaving;
        (await cluster.EndAsync(id)).State.ShouldBe(JobState.Done, cluster.Log.Text);
        counted.Text.ShouldBe("");
    }

    [Fact]
    public async Task The_groups_of_a_silo_that_stops_before_they_are_done_count_once_if_its_batch_grain_did_not_see_them_end()
    {
        var polls = new HungCalls(int.MaxValue, nameof(IComputeService.PollAsync));
        await using var cluster = await TestSilos.StartAsync(3,
            s => s with
            {
                BlockSize = 128,
                StrategyDeadline = TimeSpan.FromMinutes(10),
                SiloTimeout = TimeSpan.FromMinutes(10),
                Drain = TimeSpan.Zero,
            }, silo => silo.AddOutgoingGrainCallFilter(polls));
        using var counted = new Recoveries(cluster);
        using var gate = cluster.Gates.Close(400);
        var id = await cluster.SubmitAsync(Batch);
        await gate.Reached;
        await BegunAsync(cluster);
        var home = await HostOfAsync(cluster, cluster.Grains.GetGrain<IJobGrain>(id));
        var compute = cluster.ComputeOf(home);
        polls.Hang();
        var leaving = cluster.Cluster.StopSiloAsync(home);
        await Eventually.HoldsAsync(() => compute.Stopping.IsCancellationRequested);
        gate.Open();
        await leaving;
        polls.Release();
        (await cluster.EndAsync(id)).State.ShouldBe(JobState.Done, cluster.Log.Text);
        WithoutFeeds(counted).ShouldBe($"strategy-group {Groups}", cluster.Log.Text);
    }

    [LongFact($"{nameof(The_groups_and_the_batch_of_a_lost_silo_count_once)}, and AssignmentTableTests,")]
    public async Task A_group_that_had_reported_before_its_silo_was_lost_does_not_begin_again()
    {
        string[] symbols = [Symbol, "GLIMUSDT", "ACME"];
        string Strategy(string symbol, int gate) => $$"""
            { "class": "Dawdler", "params": { "every": 100000, "gateAt": {{gate}} }, "symbols": ["{{symbol}}"],
              "size": { "percentOfEquity": 20 } }
            """;
        var batch = _batches.Write("reported", $$"""
            {
              "name": "reported", "data": { "source": "csv:data/1h", "symbols": ["{{string.Join("\", \"", symbols)}}"], "timeframe": "1h" },
              "strategies": [ {{string.Join(", ", symbols.Select((s, i) => Strategy(s, 400 + i)))}} ],
              "portfolio": { "weights": "equal" }
            }
            """);
        // The batch grain does not read how the groups end.
        var polls = new HungCalls(int.MaxValue, nameof(IComputeService.PollAsync));
        await using var cluster = await TestSilos.StartAsync(3,
            s => s with { BlockSize = 128, StrategyDeadline = TimeSpan.FromMinutes(10), SiloTimeout = TimeSpan.FromMinutes(10) },
            silo => silo.AddOutgoingGrainCallFilter(polls));
        var gates = symbols.Select((_, i) => cluster.Gates.Close(400 + i)).ToList();
        var id = await cluster.SubmitAsync(batch);
        await Task.WhenAll(gates.Select(g => g.Reached));
        InProcessSiloHandle[] homes = [await HostOfAsync(cluster, cluster.Grains.GetGrain<IReportingGrain>(id)),
            await HostOfAsync(cluster, cluster.Grains.GetGrain<IJobGrain>(id))];
        var lost = cluster.Alive.First(s => !homes.Contains(s));
        var own = (await cluster.Computes.Of(lost.SiloAddress).PollAsync(id)).Groups.ShouldHaveSingleItem();
        using var counted = new Recoveries(cluster, except: lost);
        polls.Hang();
        gates[own.Strategies.ShouldHaveSingleItem()].Open();
        // The group ends when the outcome of its strategy is durable.
        await Eventually.HoldsAsync(() => cluster.ComputeOf(lost).Groups == 0);
        await cluster.KillAsync(lost);
        polls.Release();
        await Eventually.HoldsAsync(() => cluster.Log.Text.Contains($"{lost.SiloAddress} is lost", StringComparison.Ordinal));
        foreach (var gate in gates) gate.Open();
        (await cluster.EndAsync(id)).State.ShouldBe(JobState.Done, cluster.Log.Text);
        WithoutFeeds(counted).ShouldBe("");
        cluster.Alive.Sum(s => cluster.ComputeOf(s).Begun).ShouldBe(2, "each group of the survivors began once");
    }

    [Fact]
    public async Task A_feed_that_several_survivors_read_counts_once()
    {
        var data = new BatchReader(TestCatalogues.All).Read(Batch).Data;
        await using var cluster = await TestSilos.StartAsync(3, s => s with { BlockSize = 16, BarsAhead = 64 });
        // The first silo opens the feed, and so has it.
        var readers = new List<(IBarSeries Series, IAsyncEnumerator<BarBlock> Blocks)>();
        foreach (var silo in cluster.Alive)
        {
            var series = await cluster.ServiceOf<FeedSources>(silo).Open("test", data)
                .OpenAsync(new BarQuery(Symbol, data.Timeframe, null, null));
            var blocks = series.ReadAsync(16).GetAsyncEnumerator();
            (await blocks.MoveNextAsync()).ShouldBeTrue();
            readers.Add((series, blocks));
        }
        var lost = await HostOfAsync(cluster, cluster.Grains.GetGrain<ISymbolFeedGrain>(TestBatches.FeedOf(Batch, Symbol).Key));
        lost.ShouldBe(cluster.Alive[0]);
        using var counted = new Recoveries(cluster, except: lost);
        await cluster.KillAsync(lost);
        // Each asks the next activation before the other one leaves it.
        foreach (var (_, blocks) in readers[1..])
            for (var i = 0; i < 40; i++) (await blocks.MoveNextAsync()).ShouldBeTrue();
        foreach (var (series, blocks) in readers[1..])
        {
            while (await blocks.MoveNextAsync())
            {
            }
            await blocks.DisposeAsync();
            await series.DisposeAsync();
        }
        counted.Text.ShouldBe("feed 1");
    }

    [Fact]
    public async Task A_session_of_a_lost_silo_counts_once_on_the_survivors()
    {
        await using var cluster = await LiveSilos.StartAsync(3, await made.Server.CreateDatabaseAsync());
        await cluster.Sessions.StartAsync(made.Start(speed: "fixed:50ms", to: "2023-06-01"));
        var before = await cluster.UntilAsync(s => s.Status?.Bars > 10);
        var lost = cluster.Silos.Alive.Single(s => s.SiloAddress.ToString() == before.Host);
        using var counted = new Recoveries(cluster.Silos, except: lost);
        var accounts = cluster.AccountsOf(lost);
        await cluster.Silos.KillAsync(lost);
        await accounts.CutAsync();
        await cluster.UntilAsync(s => s is { Restarts: > 0, Retry: null } && s.Status?.Bars > before.Status!.Bars);
        WithoutFeeds(counted).ShouldBe("session 1");
        await cluster.Sessions.CommandAsync(LiveSilos.Account, new IssuedCommand(SessionCommand.Stop, "Anna", "enough"));
        WithoutFeeds(counted).ShouldBe("session 1");
    }

    private static async Task<InProcessSiloHandle> HostOfAsync(TestSilos cluster, IAddressable grain)
    {
        var home = (await Eventually.IsAsync(() => cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain).AsTask(),
            a => a is not null))!;
        return cluster.Alive.Single(s => s.SiloAddress.Equals(home));
    }
}
