using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Deployments;
using Granary.Contracts.Jobs;
using Granary.Engine.Market;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Server.Schedules;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Deployments;
using Granary.Trading.Live;
using Granary.Trading.Parity;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Cluster.Tests.Live;

/// <summary>Jobs that compare the days of an account which trades in the cluster.</summary>
public sealed class ParityOnSilosTests : IDisposable
{
    private const string From = "2023-01-06", To = "2023-01-10";
    private static readonly DateOnly s_held = new(2023, 1, 7);

    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    private string Bars => Path.Combine(_batches.Folder, "data", "1h");

    private string Final => Path.Combine(_batches.Folder, "final");

    private async Task<SessionStart> StartAsync()
    {
        var backtest = await _batches.EmbeddedAsync(_batches.Write("live", $$"""
            { "name": "live", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT"], "timeframe": "1h", "to": "{{To}}" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": [5, 8] }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" } }
            """));
        return new SessionStart
        {
            Text = File.ReadAllBytes(Path.Combine(backtest.Folder, "prod.json")),
            File = "prod.json",
            Folder = backtest.Folder,
            Feed = Address.Parse("csv:" + Bars),
            Speed = "asap",
            Account = LiveSilos.Account,
            To = DateTime.Parse(To, CultureInfo.InvariantCulture).Ticks,
            IgnoresChecks = true,
            StartedBy = "a test",
        };
    }

    // The final bars differ in the middle of each day.
    private void WriteFinalBars()
    {
        Directory.CreateDirectory(Final);
        foreach (var file in Directory.EnumerateFiles(Bars))
            File.WriteAllLines(Path.Combine(Final, Path.GetFileName(file)), File.ReadLines(file).Select(Revised));
    }

    private static string Revised(string line)
    {
        var fields = line.Split(',');
        if (!fields[0].Contains("T12:00", StringComparison.Ordinal)) return line;
        fields[4] = fields[2];
        return string.Join(',', fields);
    }

    [Fact]
    public async Task A_scheduled_comparison_whose_silo_is_killed_goes_on_elsewhere_and_keeps_each_day_once()
    {
        WriteFinalBars();
        await using var server = await PostgresServer.ShareAsync();
        using var store = new HeldDeployments(DeploymentStores.Open(Address.Parse(Path.Combine(_batches.Folder, "kept"))), s_held);
        await using var cluster = await LiveSilos.StartAsync(2, await server.CreateDatabaseAsync(), more: silo =>
        {
            silo.Services.AddSingleton<IJobService>(s =>
                new ClusterJobs(s.GetRequiredService<IGrainFactory>(), TimeProvider.System, Eventually.Longest));
            silo.Services.AddSingleton<ISessionService, ClusterSessions>();
            silo.Services.AddSingleton(new DeploymentBook(store, TimeProvider.System));
            silo.Services.AddSingleton<ServerParity>();
        });
        var start = await StartAsync();
        await cluster.Sessions.StartAsync(start);
        (await cluster.EndAsync()).Fault.ShouldBeNull();

        var id = await ScheduledAsync(cluster);
        await store.Reached;
        await cluster.Silos.KillSiloOfAsync(cluster.Silos.Grains.GetGrain<IReportingGrain>(id));
        var status = await cluster.Silos.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        store.Open();

        var undisturbed = await UndisturbedAsync(cluster, start);
        undisturbed.Select(r => r.Day.Day).ShouldBe([6, 7, 8, 9]);
        undisturbed.ShouldContain(r => r.Causes["data"] != 0);
        store.Kept.Order().ShouldBe(undisturbed.Select(r => r.Day));
        Text(new DeploymentBook(store, TimeProvider.System).Parity(LiveSilos.Account)).ShouldBe(Text(undisturbed));
        // The notifications are made from the result.
        Text(ParityResult.Read(Path.Combine(cluster.Silos.Runs, id))).ShouldBe(Text(undisturbed));
        await WritesNothingAfterItsPlaceWasTakenAsync(cluster);
    }

    private static string Text(IEnumerable<ParityRecord> records) => JsonSerializer.Serialize(records, JobJson.Options);

    private async Task<string> ScheduledAsync(LiveSilos cluster)
    {
        var clock = new ManualClock(new DateTimeOffset(2023, 1, 10, 1, 0, 0, TimeSpan.Zero));
        var reader = new ScheduleReader(KnownJobs.Of(TestCatalogues.All, cluster.Silos.Runs));
        var schedules = new ScheduleBook(Path.Combine(cluster.Silos.Runs, ".schedules"));
        schedules.Set(reader.Read("nightly", Encoding.UTF8.GetBytes($$"""
            { "cron": "0 2 * * *",
              "job": { "kind": "parity", "account": "{{LiveSilos.Account}}", "from": "{{From}}", "bars": "csv:{{Final}}" } }
            """), _batches.Folder) with
        { Who = "operator", ChangedAt = clock.GetUtcNow() });
        clock.Advance(TimeSpan.FromHours(2));
        await new ScheduleRunner(schedules, cluster.Silos.Batches, reader, new ScheduleTimes(), clock)
            .RunAsync(TestContext.Current.CancellationToken);
        return schedules.Runs("nightly").Single().Job.ShouldNotBeNull();
    }

    private async Task<IReadOnlyList<ParityRecord>> UndisturbedAsync(LiveSilos cluster, SessionStart start) =>
        await new AccountParity(new DatabaseAccounts(cluster.Connection), TestCatalogues.All, TimeProvider.System).CompareAsync(
            new ParityRequest
            {
                Account = LiveSilos.Account,
                From = DateOnly.Parse(From, CultureInfo.InvariantCulture),
                Bars = Address.Parse("csv:" + Final),
            }, start, null, cancellationToken: TestContext.Current.CancellationToken);

    // A silo that hung continues with its attempt when another one has ended the job.
    private async Task WritesNothingAfterItsPlaceWasTakenAsync(LiveSilos cluster)
    {
        var book = new DeploymentBook(DeploymentStores.Open(Address.Parse(Path.Combine(_batches.Folder, "late"))), TimeProvider.System);
        var parity = new ServerParity(cluster.Sessions, new DatabaseAccounts(cluster.Connection), book, TestCatalogues.All,
            TimeProvider.System);
        var job = KnownJobs.Of(TestCatalogues.All, cluster.Silos.Runs).Read(new JobText("parity",
            Encoding.UTF8.GetBytes($$"""{ "kind": "parity", "account": "{{LiveSilos.Account}}", "day": "{{From}}" }"""), "job",
            _batches.Folder));
        var folder = Directory.CreateDirectory(Path.Combine(cluster.Silos.Runs, "late")).FullName;
        var late = new InvalidOperationException("another attempt has the job");
        (await Should.ThrowAsync<InvalidOperationException>(() => job.RunAsync(new JobContext
        {
            Host = new EmbeddedHost(1),
            Clock = TimeProvider.System,
            Threads = 1,
            Folder = folder,
            Runs = cluster.Silos.Runs,
            Attempt = new RunAttempt(1, _ => Task.FromException(late)),
            Parity = () => parity,
        }, TestContext.Current.CancellationToken))).ShouldBe(late);
        Directory.EnumerateFiles(folder).ShouldBeEmpty();
        book.Parity().ShouldBeEmpty();
    }
}
