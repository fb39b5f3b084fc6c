using System.Net;
using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Live;
using Granary.Contracts.Operations;
using Granary.Contracts.Sessions;
using Granary.Storage.Addresses;
using Granary.Testing;
using Npgsql;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Each alert of deploy/alerts fires in a real Prometheus that scrapes real silos, when its cause happens.</summary>
public sealed class AlertsFireTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>
{
    private static readonly CausedAlert[] s_database =
    [
        new("GranaryBarsStale", "the feed of a session has a bar each hour", "stale", "Market time (UTC)  2023-01-01T01:00:00Z"),
        new("GranaryLockWaits", "six sessions of the database wait for a locked table", "", "SELECT n FROM locked"),
        new("GranaryJobsFail", "four batches whose third bar is no bar", "", "broken-batch"),
        new("GranaryJournalSlow", "each packet to the database takes 0.8 s"),
    ];

    private static readonly CausedAlert s_lost = new("GranaryJournalLost", "the database is killed", "", "not ready", "\"database\"");

    private static readonly CausedAlert[] s_killed =
    [
        new("GranaryDown", "one of two silos is killed"),
        new("GranaryRecoveries", "one of two silos is killed, with a session", "", "session"),
    ];

    private static readonly CausedAlert[] s_work =
    [
        new("GranarySessionFailed", "a session whose third bar is no bar", "failed",
            "\"phase\":\"failed\"", "line 3: the row has 1 column"),
        new("GranarySessionWaiting", "the Kafka of a session's feed does not exist", "waiting",
            "\"retry\":{", "Kafka at 127.0.0.1:1 did not answer"),
        new("GranaryQueueStuck", "five batches on a silo that drains", "", "draining"),
    ];

    private static readonly CausedAlert s_full = new("GranaryDiskLow", "the runs are on a disk of 64 MB");

    [LongFact("AlertRulesTests (promtool fires each alert)")]
    public async Task A_database_that_is_slow_locked_and_lost_a_feed_without_bars_and_failing_jobs_are_alerts()
    {
        await using var server = await PostgresServer.StartAsync();
        using var relay = new TcpRelay(IPAddress.Loopback, server.Port);
        var direct = await server.CreateDatabaseAsync();
        await using var silo = await SiloProcess.JoinAsync(
            direct.Replace($"Port={server.Port}", $"Port={relay.Port}", StringComparison.Ordinal), "granary", "--runs",
            Path.Combine(made.Folder, "runs-alerts"));
        await using var prometheus = await Prometheus.StartAsync(silo.HttpPort);
        using var client = new GranaryClient(silo.Client.BaseAddress!.ToString(), key: null, Eventually.Longest);
        await DoesNotFireAsync(prometheus, [.. s_database, s_lost]);

        await client.StartSessionAsync(made.Start(speed: "fixed:1h") with { Account = "stale" });
        await client.StartSessionAsync(made.Start(speed: "fixed:500ms", to: "2023-06-01") with { Account = "slow" });
        var broken = Broken("broken-batch");
        for (var i = 0; i < 4; i++) await client.SubmitAsync(broken);
        await using var locks = await LocksAsync(direct, waiting: 6);
        relay.Delay = TimeSpan.FromMilliseconds(800);
        await prometheus.FiresAsync(new(silo.Client, made.Folder, direct, prometheus), s_database);

        relay.Delay = TimeSpan.Zero;
        await TerminateAsync(direct);
        await prometheus.EndsAsync("GranaryLockWaits");
        (await prometheus.FiringAsync()).ShouldNotContain("GranaryJournalLost");
        await server.CrashAsync();
        await prometheus.FiresAsync(new(silo.Client, made.Folder, null, prometheus), s_lost);
    }

    [LongFact("AlertRulesTests (promtool fires each alert)")]
    public async Task A_silo_that_is_killed_is_an_alert_and_so_is_what_the_survivor_took_over()
    {
        var database = await made.Server.CreateDatabaseAsync();
        string[] options = ["--runs", Path.Combine(made.Folder, "runs-killed"), .. SiloProcess.Mortal];
        await using var one = await SiloProcess.JoinAsync(database, "granary", options);
        await using var two = await SiloProcess.JoinAsync(database, "granary", options);
        await using var prometheus = await Prometheus.StartAsync(one.HttpPort, two.HttpPort);
        using var client = new GranaryClient($"{one.Client.BaseAddress},{two.Client.BaseAddress}", key: null, Eventually.Longest);
        await client.StartSessionAsync(made.Start(speed: "fixed:500ms", to: "2023-06-01"));
        var running = await Eventually.IsAsync(() => client.SessionAsync(LiveSilos.Account), s => s.Status?.Bars > 2);
        await DoesNotFireAsync(prometheus, [s_killed[1]]);
        var dies = running.Host.Contains($":{one.SiloPort}", StringComparison.Ordinal) ? one : two;
        dies.Kill();
        var lives = dies == one ? two : one;
        await prometheus.FiresAsync(new(lives.Client, made.Folder, database, prometheus), s_killed);
        // What the page finds in its log.
        foreach (var text in (string[])["is lost", "SiloHealthMonitor"]) lives.Output.ShouldContain(text);
    }

    [LongFact("AlertRulesTests (promtool fires each alert)")]
    public async Task A_failed_session_one_whose_feed_is_away_a_stuck_queue_and_a_full_disk_are_alerts()
    {
        var disk = Directory.CreateDirectory(Path.Combine(made.Folder, "runs-small")).FullName;
        var isSmall = SystemCommand.Run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk);
        try
        {
            var ports = FreePorts.Take(3);
            await using var silo = SiloProcess.Start(["--urls", $"http://127.0.0.1:{ports[0]}", "--silo-port", $"{ports[1]}",
                "--gateway-port", $"{ports[2]}", "--runs", disk], httpPort: ports[0]);
            await silo.ReadyAsync();
            await using var prometheus = await Prometheus.StartAsync(silo.HttpPort);
            using var client = new GranaryClient(silo.Client.BaseAddress!.ToString(), key: null, Eventually.Longest);
            await DoesNotFireAsync(prometheus, s_work);

            await client.StartSessionAsync(made.Start() with { Account = "failed", Feed = Address.Parse("csv:" + BrokenBars()) });
            await client.StartSessionAsync(made.Start() with { Account = "waiting", Feed = Address.Parse("kafka://127.0.0.1:1/bars") });
            // Of a silo that drains, four batches run without a group, and the fifth waits.
            await client.CommandSiloAsync((await client.ClusterAsync()).Silos.Single().Name, SiloCommand.Drain);
            for (var i = 0; i < 5; i++) await client.SubmitAsync(TestBatches.Quickstart);
            await prometheus.FiresAsync(new(silo.Client, disk, null, prometheus), [.. s_work, .. isSmall ? (CausedAlert[])[s_full] : []]);
            // What the pages say ends them.
            await client.CommandAsync("waiting", new NewCommand("stop", "a test", null, null, null));
            await client.CommandSiloAsync((await client.ClusterAsync()).Silos.Single().Name, SiloCommand.Resume);
            await prometheus.EndsAsync("GranarySessionWaiting");
            await prometheus.EndsAsync("GranaryQueueStuck");
        }
        finally
        {
            if (isSmall) SystemCommand.Run("umount", "-l", disk).ShouldBeTrue();
        }
        if (!isSmall)
            Assert.Skip("GranaryDiskLow was not caused, since that needs a small disk: run as root on Linux, in a container with the right to "
                + "mount (--privileged)");
    }

    [Fact]
    public void Each_alert_is_caused_by_a_test() => Prometheus.Alerts.ShouldBe(
        [.. s_database.Concat(s_work).Concat(s_killed).Select(a => a.Name), s_lost.Name, s_full.Name], ignoreOrder: true);

    private static async Task DoesNotFireAsync(Prometheus prometheus, CausedAlert[] alerts)
    {
        var firing = await prometheus.FiringAsync();
        alerts.Select(a => a.Name).Where(firing.Contains).ShouldBeEmpty("before its cause");
    }

    // Bars whose third line is no bar.
    private string BrokenBars()
    {
        var folder = Directory.CreateDirectory(Path.Combine(made.Folder, "broken")).FullName;
        foreach (var symbol in (string[])["COINUSDT", "GLIMUSDT"])
            File.WriteAllLines(Path.Combine(folder, symbol + ".csv"),
                [.. File.ReadLines(Path.Combine(made.Folder, "data", "1h", symbol + ".csv")).Take(2), "broken"]);
        return folder;
    }

    private string Broken(string name)
    {
        var batch = Path.Combine(made.Folder, name + ".json");
        File.WriteAllText(batch, $$"""
            { "name": "{{name}}", "data": { "source": "csv:{{BrokenBars()}}", "symbols": ["COINUSDT"], "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross" } ] }
            """);
        return batch;
    }

    // Ends the session that the others wait for, as the page says.
    private static async Task TerminateAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("""
            select pg_terminate_backend(blocker) from (select distinct unnest(pg_blocking_pids(pid)) as blocker
            from pg_stat_activity where wait_event_type = 'Lock' and query = 'SELECT n FROM locked') as b
            """);
        await command.ExecuteNonQueryAsync();
    }

    // One session of the database has a lock that others wait for.
    private static async Task<NpgsqlDataSource> LocksAsync(string database, int waiting)
    {
        var source = NpgsqlDataSource.Create(database);
        var holder = await source.OpenConnectionAsync();
        foreach (var text in (string[])["CREATE TABLE locked (n int)", "BEGIN", "LOCK TABLE locked"])
        {
            await using var command = new NpgsqlCommand(text, holder);
            await command.ExecuteNonQueryAsync();
        }
        for (var i = 0; i < waiting; i++)
        {
            var waiter = new NpgsqlCommand("SELECT n FROM locked", await source.OpenConnectionAsync());
            _ = waiter.ExecuteNonQueryAsync();
        }
        return source;
    }
}
