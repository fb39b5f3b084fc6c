using System.Text;
using Granary.Backtesting.Runs;
using Granary.Cluster.Batches;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

/// <summary>The trials of a search are spread over the silos, and its table is that of one process, to the bit.</summary>
public sealed class SearchesOnSilosTests(SearchesOnSilosTests.Made made) : IClassFixture<SearchesOnSilosTests.Made>
{
    /// <summary>Three silos. Another one comes in the place of each that a test kills.</summary>
    public sealed class Made : IAsyncLifetime
    {
        private readonly Dictionary<string, Task<BatchRun>> _alone = [];

        internal TestBatches Batches { get; } = new();

        internal TestSilos Silos { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Silos = await TestSilos.StartAsync(3,
            s => s with { BlockSize = 128, StrategyDeadline = TimeSpan.FromMinutes(10) });

        /// <summary>The search of one process.</summary>
        internal Task<BatchRun> AloneAsync(string method)
        {
            if (_alone.TryGetValue(method, out var run)) return run;
            return _alone[method] = new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
                new BatchReader(TestCatalogues.All).Read("job.json", Encoding.UTF8.GetBytes(Batch(method)), Batches.Folder),
                new BatchOptions { Out = Path.Combine(Silos.Runs, "alone-" + method), Optimises = true });
        }

        public async ValueTask DisposeAsync()
        {
            if (Silos is not null) await Silos.DisposeAsync();
            Batches.Dispose();
        }
    }

    private static string Batch(string method) => $$"""
        { "name": "searched-{{method}}", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h" },
          "execution": { "commissionPercent": 0.05 },
          "strategies": [
            { "class": "SmaCross", "size": { "percentOfEquity": 20 },
              "search": { "method": "{{method}}", "trials": 24, "objective": "sharpe",
                "space": { "fast": [2, 12], "slow": [8, 60], "stopLossPercent": [0.5, 3] }, "conditions": ["slow > fast"] } },
            { "class": "RsiReversion", "size": { "percentOfEquity": 20 },
              "search": { "method": "random", "trials": 12, "objective": ["totalReturn", "maxDrawdown"],
                "space": { "period": [5, 30], "symbol": ["COINUSDT", "GLIMUSDT"], "timeframe": ["1h", "4h"] } } },
            { "class": "Dawdler", "symbols": "COINUSDT", "params": { "every": 100000, "gateAt": 500 }, "size": { "percentOfEquity": 20 },
              "search": { "method": "{{method}}", "trials": 20, "space": { "variant": [0, 39] } } },
            { "class": "SmaCross", "params": { "fast": 3, "slow": 20 }, "size": { "percentOfEquity": 20 } } ] }
        """;

    private Job Job(string method) => KnownJobs.Of(TestCatalogues.All, "runs").Read(new JobText("optimise",
        Encoding.UTF8.GetBytes($$"""{ "kind": "optimise", "batch": {{Batch(method)}} }"""), "job.json", made.Batches.Folder));

    private static string Trials(string folder) => File.ReadAllText(Path.Combine(folder, "trials.csv"));

    [Fact]
    public async Task A_search_on_silos_has_the_trials_of_one_process()
    {
        var cluster = made.Silos;
        foreach (var method in (string[])["tpe", "halving"])
        {
            var alone = await made.AloneAsync(method);
            var id = (await cluster.Batches.SubmitAsync(new JobSubmission(Job(method), "test"))).Job.Id;
            var ended = await cluster.EndAsync(id);
            (ended.State, ended.Fault, ended.Kind).ShouldBe((JobState.Done, null, "optimise"), cluster.Log.Text);
            ended.Digest.ShouldBe(alone.Model.Digest);
            Trials(Path.Combine(cluster.Runs, id)).ShouldBe(Trials(alone.Folder));
        }
    }

    [Fact]
    public async Task A_search_that_loses_a_silo_ends_with_the_same_trials()
    {
        var cluster = made.Silos;
        var random = new Random(5);
        foreach (var method in (string[])["tpe", "halving"])
        {
            var alone = await made.AloneAsync(method);
            for (var kill = 0; kill < TestEffort.Of(1, 12); kill++)
            {
                // With more strategies spared than the first round has, it is a later round.
                var (bar, spared) = (random.Next(1, 800), kill % 2 == 0 ? (method == "tpe" ? 15 : 22) : random.Next(10));
                using var gate = cluster.Gates.Close(500, bar, spared);
                var id = (await cluster.Batches.SubmitAsync(new JobSubmission(Job(method), "test"))).Job.Id;
                await gate.Reached;
                var killing = kill % 2 == 0 ? cluster.KillSiloOfAsync(cluster.Grains.GetGrain<IReportingGrain>(id))
                    : cluster.KillAsync(cluster.Alive[random.Next(cluster.Alive.Count)]);
                gate.Open();
                await killing;
                var joining = cluster.Cluster.StartAdditionalSiloAsync();
                var ended = await cluster.EndAsync(id);
                var story = $"{method}, kill {kill} at bar {bar} after {spared} strategies\n{cluster.Log.Text}";
                (ended.State, ended.Fault).ShouldBe((JobState.Done, null), story);
                Trials(Path.Combine(cluster.Runs, id)).ShouldBe(Trials(alone.Folder), story);
                ended.Digest.ShouldBe(alone.Model.Digest, story);
                await joining;
            }
        }
    }
}
