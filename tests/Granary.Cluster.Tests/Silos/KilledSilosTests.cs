using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Backtesting.Runs;
using Granary.Cluster.Batches;
using Granary.Cluster.Client;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Batches;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Plugin;
using Granary.Cluster.Wire;
using Granary.Contracts.Jobs;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Engine.Strategies.Library;
using Granary.Postgres.Migrations;
using Granary.Simulation.Batches;
using Granary.Testing;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Silos;

/// <summary>
/// Three silos in processes of their own, one after the other killed by the system (SIGKILL) in the middle of a batch, while another comes
/// in its place: each batch ends with the digest of the embedded host, every strategy counted once, and the one that joins gets work.
/// </summary>
/// <remarks>
/// One cluster lives through all kills. One in a usual run; <c>GRANARY_TEST_KILLS=20</c> is the long form, and
/// <c>GRANARY_TEST_SEED</c> draws other moments. Silos that hang (SIGSTOP) are the long form alone: <c>GRANARY_TEST_STOPS=2,10,60</c> names
/// the seconds, and <c>GRANARY_TEST_STOP_SEEDS=20</c> how often each role hangs for each of them.
/// </remarks>
public sealed class KilledSilosTests : IAsyncLifetime
{
    private const string Cluster = "granary";

    private static readonly string[] s_timeframes = ["15m", "30m", "1h", "4h"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-killed-").FullName;
    private readonly TestBatches _batches = new();
    private readonly List<SiloProcess> _silos = [];
    private readonly List<SiloProcess> _dead = [];
    private PostgresServer _server = null!;
    private string _connection = null!;
    private string _batch = null!;
    private BatchRun _embedded = null!;
    private TimeSpan _whole;

    /// <summary>Who is killed, in turns.</summary>
    private enum Victim
    {
        /// <summary>The silo that sees the batch through.</summary>
        JobGrain,

        /// <summary>The silo that aggregates what strategies report.</summary>
        ReportingGrain,

        /// <summary>A silo that reads bars for others.</summary>
        Feed,

        /// <summary>Any of them, while strategies walk.</summary>
        Any,

        /// <summary>Any of them, at any moment between submission and the last file.</summary>
        AnyAtAnyMoment,
    }

    private string Gate => Path.Combine(_folder, "gate");

    private string Plugins => Path.Combine(_folder, "plugins");

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public async ValueTask InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch
        {
            // What is not initialised is not disposed of, and processes would outlive the tests.
            await DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync()
    {
        _server = await PostgresServer.ShareAsync();
        _connection = await _server.CreateDatabaseAsync();
        Directory.CreateDirectory(Plugins);
        var plugin = typeof(Laggard).Assembly.Location;
        File.Copy(plugin, Path.Combine(Plugins, Path.GetFileName(plugin)));
        var from = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
        DataGeneration.Run(new GenerateRequest(Path.Combine(_batches.Folder, "data"),
            DataGeneration.Markets(DataGeneration.SampleSymbols, from, from + 60 * TimeSpan.TicksPerDay, 5), [Timeframe.Parse("15m")]));
        // Twenty-four feeds, more than the silos begin at once: a silo that joins before half of them are through finds some that wait.
        _batch = _batches.Write("killed", $$"""
            {
              "name": "killed", "data": { "source": "csv:data/15m", "symbols": "*", "timeframe": "15m" },
              "strategies": [
                { "class": "Laggard", "params": { "variant": [1, 2, 3, 4, 5, 6, 7, 8], "pauses": 4 }, "timeframe":
                  ["{{string.Join("\", \"", s_timeframes)}}"], "size": { "percentOfEquity": 20 } },
                { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [30, 60] }, "timeframe":
                  ["{{string.Join("\", \"", s_timeframes)}}"], "size": { "percentOfEquity": 20 }, "stopLossPercent": 2 }
              ],
              "portfolio": { "weights": "winners", "limits": { "maxPositions": 10, "maxGrossPercent": 100 } }
            }
            """);
        for (var i = 0; i < 3; i++) _silos.Add(Launch(FreePorts.Take(3)));
        _embedded = await _batches.EmbeddedAsync(_batch);
        await Task.WhenAll(_silos.Select(s => s.ReadyAsync()));
    }

    private SiloProcess Launch(int[] ports) =>
        SiloProcess.Launch(_connection, Cluster, ports, new Dictionary<string, string> { [Laggard.Gate] = Gate },
        ["--runs", Path.Combine(_folder, "runs"), "--plugins", Plugins, "--threads", "1", .. SiloProcess.Mortal]);

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos.Concat(_dead)) await silo.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _batches.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_batch_in_which_a_silo_is_killed_by_the_system_ends_with_the_same_digest_and_each_strategy_counted_once()
    {
        var kills = Setting("GRANARY_TEST_KILLS", TestEffort.Of(1, 2));
        var seed = Setting("GRANARY_TEST_SEED", 1);
        using var client = new HostBuilder().UseOrleansClient(orleans =>
        {
            orleans.Services.AddWireFormat();
            orleans.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (Cluster, Cluster));
            orleans.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
            orleans.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", DatabaseSchema.Cluster.Connect(_connection)));
        }).Build();
        await client.StartAsync();
        var grains = (IGrainFactory)client.Services.GetService(typeof(IGrainFactory))!;
        var random = new Random(seed);
        var watch = Stopwatch.StartNew();
        using (var whole = Begin(0)) await IsWholeAsync(whole);
        _whole = watch.Elapsed;
        for (var round = 0; round < kills; round++)
        {
            var victim = (Victim)(round % Enum.GetValues<Victim>().Length);
            watch.Restart();
            try
            {
                var at = victim == Victim.AnyAtAnyMoment ? await KillAtAnyMomentAsync(round, random)
                    : await KillWhileTheyRunAsync(round, victim, random, grains);
                TestContext.Current.TestOutputHelper?.WriteLine($"kill {round + 1} of "
                    + $"seed {seed}: {victim} {at}, {watch.Elapsed.TotalSeconds:0.0} s");
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"kill {round + 1} of seed {seed} ({victim}) was not survived: {e.Message}\n{Said()}",
                    e);
            }
        }
        foreach (var seconds in Environment.GetEnvironmentVariable("GRANARY_TEST_STOPS")?.Split(',') ?? [])
            for (var round = 0; round < 4 * Setting("GRANARY_TEST_STOP_SEEDS", 1); round++)
                await HangAsync((Victim)(round % 4), int.Parse(seconds, CultureInfo.InvariantCulture), random, grains);
        foreach (var silo in _silos) silo.HasExited.ShouldBeFalse();
        await client.StopAsync();
    }

    // The silo with the role is stopped for a time in the middle of a batch. One that was declared dead ends itself, and starts again as a
    // supervisor has it.
    private async Task HangAsync(Victim kind, int seconds, Random random, IGrainFactory grains)
    {
        var share = 0.4 * random.NextDouble();
        var watch = Stopwatch.StartNew();
        using var batch = Begin(random.Next(_silos.Count));
        await FinishedAsync(batch, share);
        if (await HostOfAsync(grains, kind, batch.Id, random, patient: kind != Victim.Feed) is not { } hung)
        {
            // The feeds were through.
            await IsWholeAsync(batch);
            TestContext.Current.TestOutputHelper?.WriteLine($"no {kind} was left to hang");
            return;
        }
        var ended = batch.Ended.ContinueWith(_ => watch.Elapsed, TaskScheduler.Default);
        hung.Stop();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        hung.Continue();
        await IsWholeAsync(batch);
        var took = await ended;
        // It may answer before it reads that it is dead.
        var isDead = seconds > 2 * SiloProcess.FailureTimeout;
        await Eventually.HoldsAsync(async () => hung.HasExited || !isDead && await hung.IsReadyAsync());
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{kind} hung for {seconds} s: the batch took {took.TotalSeconds:0.0} s, {_whole.TotalSeconds:0.0} s undisturbed; the silo "
                + $"{(hung.HasExited ? "ended itself" : "goes on")}"));
        if (!hung.HasExited) return;
        var next = Launch([hung.HttpPort, hung.SiloPort, FreePorts.Take(1)[0]]);
        _silos[_silos.IndexOf(hung)] = next;
        _dead.Add(hung);
        await next.ReadyAsync();
    }

    // In the middle of the walk: the gate is shut when a drawn share of the strategies is through, and opened when the silo that joins has
    // work.
    private async Task<string> KillWhileTheyRunAsync(int round, Victim kind, Random random, IGrainFactory grains)
    {
        var share = 0.4 * random.NextDouble();
        while (true)
        {
            using var batch = Begin(round);
            try
            {
                await FinishedAsync(batch, share);
                await File.WriteAllTextAsync(Gate, "");
                // A test that was kept from running for a while has missed the moment, and takes another batch for it.
                var done = await SettledAsync(batch);
                if (batch.Ended.IsCompleted || done > 0.55 * Strategies
                    || kind == Victim.Feed && await HostOfAsync(grains, kind, batch.Id, random, patient: false) is null)
                {
                    File.Delete(Gate);
                    await IsWholeAsync(batch);
                    continue;
                }
                var victim = await HostOfAsync(grains, kind, batch.Id, random, patient: true);
                var next = Replace(victim!, samePort: round % 2 == 0);
                await next.ReadyAsync();
                await HasWorkAsync(next, batch);
                File.Delete(Gate);
                await IsWholeAsync(batch);
                return $"at {done} of {Strategies} strategies";
            }
            finally
            {
                File.Delete(Gate);
            }
        }
    }

    private int Strategies => _embedded.Model.Strategies.Count;

    // The logs tell it at once. The progress that a client sees changes once a second.
    private int Finished(string batch) => _silos.Concat(_dead).SelectMany(s => FinishedGroup(batch).Matches(s.Output))
        .DistinctBy(m => m.Groups["feed"].Value).Sum(m => int.Parse(m.Groups["count"].ValueSpan, CultureInfo.InvariantCulture));

    private static Regex FinishedGroup(string batch) => new($@"{Regex.Escape(batch)}: (?<count>\d+) strategies of feed (?<feed>\d+) finished");

    private async Task FinishedAsync(Watched batch, double share)
    {
        await batch.UntilAsync(_ => true);
        await Eventually.HoldsAsync(() => Finished(batch.Id) >= share * Strategies || batch.Ended.IsCompleted);
    }

    // Groups that were under way when the gate was shut have finished when a second changes nothing.
    private async Task<int> SettledAsync(Watched batch)
    {
        for (var before = -1; ; await Task.Delay(TimeSpan.FromSeconds(1)))
        {
            var finished = Finished(batch.Id);
            if (finished == before || batch.Ended.IsCompleted) return finished;
            before = finished;
        }
    }

    private async Task<string> KillAtAnyMomentAsync(int round, Random random)
    {
        var after = _whole * random.NextDouble();
        using var batch = Begin(round);
        await Task.Delay(after);
        var next = Replace(_silos[random.Next(_silos.Count)], samePort: round % 2 == 0);
        await IsWholeAsync(batch);
        await next.ReadyAsync();
        return $"after {after.TotalSeconds:0.00} s";
    }

    // Where the ports stay the one that comes tells the others that the one before it is dead; else they find out by themselves.
    private SiloProcess Replace(SiloProcess victim, bool samePort)
    {
        victim.Kill();
        var others = FreePorts.Take(2);
        var next = Launch([victim.HttpPort, samePort ? victim.SiloPort : others[0], others[1]]);
        _silos[_silos.IndexOf(victim)] = next;
        _dead.Add(victim);
        return next;
    }

    private async Task<SiloProcess?> HostOfAsync(IGrainFactory grains, Victim kind, string id, Random random, bool patient)
    {
        if (kind == Victim.Any) return _silos[random.Next(_silos.Count)];
        IAddressable[] wanted = kind switch
        {
            Victim.JobGrain => [grains.GetGrain<IJobGrain>(id)],
            Victim.ReportingGrain => [grains.GetGrain<IReportingGrain>(id)],
            _ => [.. DataGeneration.SampleSymbols.Select(s => grains.GetGrain<ISymbolFeedGrain>(TestBatches.FeedOf(_batch, s).Key))],
        };
        random.Shuffle(wanted);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Eventually.Longest; await Task.Delay(20))
        {
            try
            {
                foreach (var grain in wanted)
                    if (await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain) is { } at
                        && _silos.FirstOrDefault(s => s.SiloPort == at.Endpoint.Port) is { } host)
                        return host;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // The silo that this test's own client went by was the last one killed.
            }
            if (!patient) return null;
        }
        throw new TimeoutException($"the {kind} of {id} became active nowhere");
    }

    private static async Task HasWorkAsync(SiloProcess silo, Watched batch)
    {
        bool HasWork() => silo.Output.Split('\n')
            .Any(l => l.Contains(batch.Id, StringComparison.Ordinal) && l.Contains("begin on this silo", StringComparison.Ordinal));
        await Eventually.HoldsAsync(() => HasWork() || batch.Ended.IsCompleted);
        HasWork().ShouldBeTrue("the batch ended before the silo that joined had any of its work");
    }

    private async Task IsWholeAsync(Watched batch)
    {
        var (status, folder) = await batch.Ended.WaitAsync(Eventually.LongestWork);
        status.State.ShouldBe(JobState.Done, status.Fault);
        status.Digest.ShouldBe(_embedded.Model.Digest);
        status.Trades.ShouldBe(_embedded.Trades);
        (status.Progress.Done, status.Progress.Failed).ShouldBe((_embedded.Model.Strategies.Count, 0));
        batch.Most.ShouldBe(_embedded.Model.Strategies.Count);
        File.ReadAllText(Path.Combine(folder, "trades.csv")).ShouldBe(File.ReadAllText(Path.Combine(_embedded.Folder, "trades.csv")));
        using var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "results.json")));
        results.RootElement.GetProperty("strategies").EnumerateArray().Select(s => s.GetProperty("id").GetString()!)
            .Order(StringComparer.Ordinal)
            .ShouldBe(_embedded.Model.Strategies.Select(s => s.Id).Order(StringComparer.Ordinal));
    }

    /// <summary>What the silos logged last, those that were killed too.</summary>
    private string Said() => string.Join('\n',
        _dead.TakeLast(2).Concat(_silos)
            .Select(s =>
                $"== silo {s.SiloPort}{(s.HasExited ? ", dead" : "")}: {s.Error}\n{string.Join('\n', s.Output.Split('\n').TakeLast(25))}"));

    // The client is given all silos, each time another one first.
    private Watched Begin(int round) =>
        new(string.Join(',', _silos.Select((_, i) => $"http://127.0.0.1:{_silos[(round + i) % _silos.Count].HttpPort}")), _batch,
            Path.Combine(_folder, $"home-{Guid.NewGuid():N}"));

    /// <summary>A batch that a client has submitted, follows, and brings home.</summary>
    private sealed class Watched : IDisposable
    {
        private readonly GranaryClient _client;
        private readonly CancellationTokenSource _stop = new(Eventually.LongestWork);
        private volatile JobStatus? _last;

        public Watched(string hosts, string batch, string home)
        {
            _client = new GranaryClient(hosts, key: null, Eventually.Longest);
            Ended = RemoteBatch.RunAsync(_client, new BatchReader(TestCatalogues.All).Read(batch), batch, home, s =>
            {
                _last = s;
                Most = Math.Max(Most, s.Progress.Done);
            }, cancellationToken: _stop.Token);
        }

        public Task<(JobStatus Status, string Folder)> Ended { get; }

        public JobStatus? Last => _last;

        public string Id => _last!.Id;

        /// <summary>The most strategies that were ever counted.</summary>
        public int Most { get; private set; }

        public async Task UntilAsync(Func<JobStatus, bool> so)
        {
            await Eventually.IsAsync(async () =>
            {
                if (_last is { } seen && so(seen)) return seen;
                if (Ended.IsCompleted) await Ended;
                return _last;
            }, last => last is not null && so(last));
        }

        public void Dispose()
        {
            _stop.Cancel();
            _client.Dispose();
            _stop.Dispose();
        }
    }
}
