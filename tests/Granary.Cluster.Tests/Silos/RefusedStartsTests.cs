using System.Net;
using System.Net.Sockets;
using Granary.Cluster.Tests.Fixtures;
using Granary.Silo;
using Granary.Silo.Clustering;
using Granary.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Cluster.Tests.Silos;

/// <summary>
/// Silos that cannot start, or may not: each ends with a sentence and an exit code. Those that end before they serve are called in this
/// process.
/// </summary>
public sealed class RefusedStartsTests(RefusedStartsTests.Server server) : IClassFixture<RefusedStartsTests.Server>
{
    [NeedsPostgres]
    public sealed class Server : IAsyncLifetime
    {
        internal PostgresServer Postgres { get; private set; } = null!;

        internal string Runs { get; } = Directory.CreateTempSubdirectory("granary-refused-").FullName;

        public async ValueTask InitializeAsync() => Postgres = await PostgresServer.ShareAsync();

        public async ValueTask DisposeAsync()
        {
            Directory.Delete(Runs, recursive: true);
            if (Postgres is not null) await Postgres.DisposeAsync();
        }
    }

    // As the silo's program calls it.
    private async Task<(int ExitCode, string Error)> CallAsync(string connection, params string[] arguments)
    {
        using var error = new StringWriter();
        var ports = FreePorts.Take(3);
        var code = await SiloProgram.RunAsync(
            ["--urls", $"http://127.0.0.1:{ports[0]}", "--clustering", "postgres", "--silo-port", $"{ports[1]}", "--gateway-port",
                $"{ports[2]}", "--runs", server.Runs, .. arguments],
            name => name == "GRANARY_CONNECTION" ? connection : null, TextWriter.Null, error).WaitAsync(Eventually.Longest);
        return (code, error.ToString().Trim());
    }

    // The tables of a silo that was here before.
    private static async Task PrepareAsync(string connection)
    {
        await using var database = ClusterDatabase.Open(connection);
        await ClusterDatabase.PrepareAsync(database, Eventually.Longest, NullLogger.Instance, default);
    }

    private static string DatabaseOf(string connection) => new Npgsql.NpgsqlConnectionStringBuilder(connection).Database!;

    [Fact]
    public async Task A_mistyped_cluster_id_beside_a_living_cluster_is_refused_unless_it_is_meant()
    {
        var connection = await server.Postgres.CreateDatabaseAsync();
        await using var living = await SiloProcess.JoinAsync(connection);
        (await CallAsync(connection, "--cluster-id", "granry")).ShouldBe((2,
            "the database knows no cluster 'granry', but 1 live silo of 'granary'; join with --cluster-id granary, or found another "
            + "cluster with --new-cluster"));
        await using var meant = await SiloProcess.JoinAsync(connection, "green", "--new-cluster");
        // once founded it needs no further word
        await using var joins = await SiloProcess.JoinAsync(connection, "green");
    }

    [Fact]
    public async Task An_unreachable_database_ends_the_silo_with_a_sentence_within_the_stated_time()
    {
        var port = FreePorts.Take(1)[0];
        var (code, error) = await CallAsync($"Host=127.0.0.1;Port={port};Username=x;Password=hush;Database=y", "--start-timeout", "1");
        code.ShouldBe(1);
        error.ShouldContain($"the database at 127.0.0.1:{port} did not answer within 1 s");
        error.ShouldNotContain("hush");
        error.Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_database_that_listens_and_says_nothing_does_not_hang_the_silo()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var (code, error) = await CallAsync($"Host=127.0.0.1;Port={((IPEndPoint)mute.LocalEndpoint).Port};Username=x;Database=y",
            "--start-timeout", "1");
        code.ShouldBe(1);
        error.ShouldContain("did not answer within 1 s");
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_said_to_be_missing_at_once()
    {
        var (code, error) = await CallAsync(server.Postgres.ConnectionString("nowhere"));
        code.ShouldBe(2);
        error.ShouldContain("has no database 'nowhere'; create it, or correct --connection");
    }

    [Fact]
    public async Task A_user_without_the_right_to_create_tables_gets_a_sentence_and_needs_no_right_once_they_exist()
    {
        var connection = await server.Postgres.CreateDatabaseAsync();
        var user = "u_" + DatabaseOf(connection);
        await server.Postgres.AdministerAsync(DatabaseOf(connection),
            $"CREATE ROLE {user} LOGIN PASSWORD '{PostgresServer.Password}'");
        var asUser = new Npgsql.NpgsqlConnectionStringBuilder(connection) { Username = user }.ConnectionString;
        var (code, error) = await CallAsync(asUser);
        code.ShouldBe(2);
        error.ShouldContain($"'{user}' may not create or change the tables of the schema 'cluster'");
        await PrepareAsync(connection);
        await server.Postgres.SqlAsync(DatabaseOf(connection),
            $"GRANT USAGE ON SCHEMA cluster TO {user}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cluster TO {user}");
        await using var allowed = await SiloProcess.JoinAsync(asUser);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        var connection = await server.Postgres.CreateDatabaseAsync();
        await PrepareAsync(connection);
        await server.Postgres.SqlAsync(DatabaseOf(connection),
            "INSERT INTO cluster.granary_migration VALUES (9999, '9999_future.sql', 'x')");
        var (code, error) = await CallAsync(connection);
        code.ShouldBe(2);
        error.ShouldContain("the schema 'cluster' was written by a later version of Granary (its tables are of migration 9999, this "
            + "program knows 1); use that version");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var free = FreePorts.Take(2);
        using var error = new StringWriter();
        var code = await SiloProgram.RunAsync(
            ["--urls", $"http://127.0.0.1:{free[0]}", "--silo-port", $"{port}", "--gateway-port", $"{free[1]}", "--runs", server.Runs],
            _ => null, TextWriter.Null, error).WaitAsync(Eventually.Longest);
        await using var http =
            SiloProcess.Start(["--urls", $"http://127.0.0.1:{port}", "--silo-port", $"{free[0]}", "--gateway-port", $"{free[1]}"]);
        code.ShouldBe(2);
        error.ToString().ShouldContain($"--silo-port {port}: another program listens there already");
        (await http.ExitCodeAsync()).ShouldBe(2);
        http.Error.ShouldContain($"--urls http://127.0.0.1:{port}: another program listens there already");
    }

    [Fact]
    public async Task Brokers_that_do_not_answer_end_the_silo_with_a_sentence_within_the_stated_time()
    {
        var ports = FreePorts.Take(4);
        await using var silo = SiloProcess.Start(["--urls", $"http://127.0.0.1:{ports[0]}", "--silo-port", $"{ports[1]}", "--gateway-port",
            $"{ports[2]}", "--streams", "kafka", "--kafka", $"127.0.0.1:{ports[3]}", "--start-timeout", "3"]);
        (await silo.ExitCodeAsync()).ShouldBe(1);
        silo.Error.ShouldStartWith($"--kafka: Kafka at 127.0.0.1:{ports[3]} did not answer within 3 s");
    }

    [Fact]
    public async Task A_wrong_call_ends_with_2_and_help_with_0()
    {
        await using var wrong = SiloProcess.Start(["--clustring", "postgres"]);
        (await wrong.ExitCodeAsync()).ShouldBe(2);
        wrong.Error.ShouldBe("--clustring is not an option of the silo; did you mean --clustering?");
        using var help = new StringWriter();
        (await SiloProgram.RunAsync(["--help"], _ => null, help, TextWriter.Null)).ShouldBe(0);
        help.ToString().ShouldContain("--clustering");
    }
}
