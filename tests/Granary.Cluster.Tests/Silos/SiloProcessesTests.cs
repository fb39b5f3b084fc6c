using System.Diagnostics;
using System.Net;
using Granary.Cluster.Tests.Fixtures;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Real processes against a real PostgreSQL server.</summary>
[Collection<OneSilo>]
public sealed class SiloProcessesTests(OneSilo.Running server)
{
    private const int Active = 3;
    private const int Dead = 6;

    private static string DatabaseOf(string connection) => new Npgsql.NpgsqlConnectionStringBuilder(connection).Database!;

    private async Task<int> StatusAsync(string connection, SiloProcess silo) =>
        int.Parse((await server.Postgres.SqlAsync(DatabaseOf(connection),
            $"SELECT status FROM cluster.cluster_member WHERE port = {silo.SiloPort}")).Trim());

    private async Task<TimeSpan> UntilDeadAsync(string connection, SiloProcess silo)
    {
        var watch = Stopwatch.StartNew();
        await Eventually.IsAsync(() => StatusAsync(connection, silo), status => status == Dead);
        return watch.Elapsed;
    }

    [LongFact(nameof(KilledSilosTests))]
    public async Task A_killed_silo_is_found_dead_and_another_can_join()
    {
        var connection = await server.Postgres.CreateDatabaseAsync();
        // both at once on an empty database: one makes the tables, the other waits for it
        await using var first = SiloProcess.Launch(connection, "granary", SiloProcess.Mortal);
        await using var second = SiloProcess.Launch(connection, "granary", SiloProcess.Mortal);
        await Task.WhenAll(first.ReadyAsync(), second.ReadyAsync());
        (await StatusAsync(connection, first), await StatusAsync(connection, second)).ShouldBe((Active, Active));

        second.Kill();
        var found = await UntilDeadAsync(connection, second);
        TestContext.Current.TestOutputHelper?.WriteLine($"found dead after {found.TotalSeconds:0.0} s");
        await first.ReadyAsync();

        await using var third = await SiloProcess.JoinAsync(connection);
        (await StatusAsync(connection, third)).ShouldBe(Active);
    }

    [Fact]
    public async Task A_cluster_that_was_killed_as_a_whole_starts_again()
    {
        var connection = await server.Postgres.CreateDatabaseAsync();
        // The next one waits until the dead one's time is over.
        await using (var only = await SiloProcess.JoinAsync(connection, "granary", SiloProcess.Mortal)) only.Kill();
        var watch = Stopwatch.StartNew();
        await using var next = await SiloProcess.JoinAsync(connection, "granary", SiloProcess.Mortal);
        TestContext.Current.TestOutputHelper?.WriteLine($"ready after {watch.Elapsed.TotalSeconds:0.0} s");
        next.Output.ShouldContain("they seem to have crashed");
    }

    [Fact]
    public async Task A_terminated_silo_leaves_the_cluster_by_itself_and_ends_with_0()
    {
        await using var leaves = await SiloProcess.JoinAsync(server.Connection);
        await leaves.LeaveAsync();
        (await StatusAsync(server.Connection, leaves)).ShouldBe(Dead);
        leaves.Error.ShouldBeEmpty();
        await server.Silo.ReadyAsync();
    }

    [Fact]
    public async Task A_silo_whose_database_goes_away_is_not_ready_and_is_again_when_it_comes_back()
    {
        await using var own = await PostgresServer.StartAsync();
        var connection = await own.CreateDatabaseAsync();
        await using var silo = await SiloProcess.JoinAsync(connection);
        await own.CrashAsync();
        using (var answer = await silo.Client.GetAsync("/api/v1/health/ready"))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("database");
        }
        (await silo.Client.GetAsync("/api/v1/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await own.StartServerAsync();
        await silo.ReadyAsync();
    }

    [Fact]
    public async Task The_health_verb_of_a_containers_probe_says_by_its_exit_code_whether_the_silo_is_ready()
    {
        await using var yes = SiloProcess.Start(["health", server.Silo.Client.BaseAddress!.ToString()]);
        await using var no = SiloProcess.Start(["health"],
            new Dictionary<string, string> { ["GRANARY_URLS"] = $"http://0.0.0.0:{FreePorts.Take(1)[0]}" });
        (await yes.ExitCodeAsync()).ShouldBe(0);
        (await no.ExitCodeAsync()).ShouldBe(1);
        no.Error.ShouldContain("127.0.0.1");
    }
}
