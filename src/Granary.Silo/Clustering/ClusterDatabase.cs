using System.Net.Sockets;
using Granary.Engine;
using Granary.Postgres.Migrations;
using Granary.Simulation.Json;
using Granary.Storage.Retries;
using Npgsql;

namespace Granary.Silo.Clustering;

/// <summary>The PostgreSQL database that the silos of a cluster share.</summary>
internal static partial class ClusterDatabase
{
    /// <summary>Heartbeats older than this belong to silos that crashed.</summary>
    private static readonly TimeSpan Fresh = SiloMembership.Heartbeat * SiloMembership.MissedHeartbeats;

    public static NpgsqlDataSource Open(string connection)
    {
        // Contains only the options that the user gave; Npgsql's builder contains every option.
        var given = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = connection };
        var settings = new NpgsqlConnectionStringBuilder(DatabaseSchema.Cluster.Connect(connection)) { ApplicationName = "granary-silo" };
        if (!given.ContainsKey("Timeout")) settings.Timeout = 5;
        if (!given.ContainsKey("Command Timeout")) settings.CommandTimeout = 10;
        if (!given.ContainsKey("Keepalive")) settings.KeepAlive = 10;
        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>Waits until the database answers, and creates or updates its tables.</summary>
    /// <exception cref="InputException">The database refuses the connection for a reason that a retry cannot change.</exception>
    /// <exception cref="ServiceUnavailableException">It did not answer in time.</exception>
    public static async Task PrepareAsync(NpgsqlDataSource database, TimeSpan timeout, ILogger logger, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        Exception? last = null;
        bool IsAway(Exception e)
        {
            if (e is not (NpgsqlException or SocketException or TimeoutException) || SentenceOf(e, database) is not null) return false;
            if (last is null) Waiting(logger, Place(database), Reason(e));
            last = e;
            return true;
        }

        try
        {
            var applied = await RetryPolicies.ServerAway(IsAway, timeout).RunAsync(async stop =>
            {
                await using var connection = await database.OpenConnectionAsync(stop).ConfigureAwait(false);
                return await MigrationRunner.ApplyAsync(connection, DatabaseSchema.Cluster, stop).ConfigureAwait(false);
            }, limit.Token).ConfigureAwait(false);
            foreach (var script in applied) Applied(logger, script);
        }
        catch (MigrationException e)
        {
            throw new InputException($"the database at {Place(database)}: {e.Message}", e);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            if (SentenceOf(e, database) is { } sentence) throw new InputException(sentence, e);
            var reason = Reason(e is OperationCanceledException && last is not null ? last : e);
            throw new ServiceUnavailableException($"the database at {Place(database)} did not answer "
                + $"within {timeout.TotalSeconds:0} s ({reason}); start it, or correct --connection", e);
        }
    }

    /// <summary>Checks the cluster id, so a mistyped one does not found a second cluster.</summary>
    /// <exception cref="InputException">The database has live silos of other clusters, and has never had a cluster of this id.</exception>
    public static async Task CheckIdentityAsync(NpgsqlDataSource database, string clusterId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT cluster_id, count(*) FILTER (WHERE status = 3 AND heartbeat_at > now() - @fresh) AS live
            FROM cluster_member GROUP BY cluster_id
            """);
        command.Parameters.AddWithValue("fresh", Fresh);
        var live = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (reader.GetString(0) == clusterId) return; // it has been here before
            if (reader.GetInt64(1) > 0) live[reader.GetString(0)] = reader.GetInt64(1);
        }
        if (live.Count > 0)
            throw new InputException($"the database knows no cluster '{clusterId}', "
                + $"but {string.Join(" and ", live.Select(c => $"{c.Value} live silo{(c.Value == 1 ? "" : "s")} of '{c.Key}'"))}; join "
                + $"with --cluster-id {live.First().Key}, or found another cluster with --new-cluster");
    }

    /// <summary>If the whole cluster has crashed, waits until the membership entries of its silos are stale.</summary>
    /// <remarks>
    /// A joining silo must reach every active member, except those without a heartbeat for <see cref="Fresh"/>. It reads these exceptions
    /// only once, at its start. If it started a second after the crash, it would try to reach the crashed members until its start timeout.
    /// If one member answers, no wait is needed: that member declares the others dead.
    /// </remarks>
    public static async Task WaitForCrashedAsync(NpgsqlDataSource database, string clusterId, ILogger logger,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT address, port, EXTRACT(EPOCH FROM heartbeat_at + @fresh - now())::double precision
            FROM cluster_member
            WHERE cluster_id = @cluster AND status = 3 AND heartbeat_at > now() - @fresh
            """);
        command.Parameters.AddWithValue("fresh", Fresh);
        command.Parameters.AddWithValue("cluster", clusterId);
        var members = new List<(string Address, int Port, TimeSpan Left)>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                members.Add((reader.GetString(0), reader.GetInt32(1), TimeSpan.FromSeconds(reader.GetDouble(2))));
        if (members.Count == 0) return;
        var answers = await Task.WhenAll(members.Select(m => AnswersAsync(m.Address, m.Port, cancellationToken))).ConfigureAwait(false);
        if (answers.Contains(true)) return;
        var wait = TimeSpan.FromTicks(Math.Min(members.Max(m => m.Left).Ticks, Fresh.Ticks)) + TimeSpan.FromMilliseconds(100);
        Crashed(logger, members.Count, clusterId, wait.TotalSeconds);
        await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> AnswersAsync(string address, int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address, port, cancellationToken).AsTask().WaitAsync(SiloMembership.Connect, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return false;
        }
    }

    /// <returns>The fault in one sentence if a retry cannot succeed; null if it may.</returns>
    private static string? SentenceOf(Exception exception, NpgsqlDataSource database) =>
        exception is not PostgresException e ? null : e.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"the database at {Place(database)} refuses the user '{User(database)}' ({e.MessageText}); correct the name or the "
                    + "password in --connection",
            PostgresErrorCodes.InvalidCatalogName =>
                $"the server at {Place(database)} has no database "
                    + $"'{new NpgsqlConnectionStringBuilder(database.ConnectionString).Database}'; create it, or correct --connection",
            _ => e.IsTransient || e.SqlState.StartsWith("57P", StringComparison.Ordinal) ? null
                : $"the database at {Place(database)} failed at the silo's tables: {e.MessageText} ({e.SqlState})",
        };

    private static string Place(NpgsqlDataSource database)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return $"{settings.Host}:{settings.Port}";
    }

    private static string? User(NpgsqlDataSource database) => new NpgsqlConnectionStringBuilder(database.ConnectionString).Username;

    private static string Reason(Exception e) =>
        e is OperationCanceledException ? "no answer" : (e.InnerException ?? e).Message.TrimEnd('.');

    [LoggerMessage(1, LogLevel.Information, "Applied the migration {Migration}")]
    private static partial void Applied(ILogger logger, string migration);

    [LoggerMessage(3, LogLevel.Warning,
        "None of the {Members} active silos of {ClusterId} answers; they seem to have crashed, and count as gone in {Seconds:0} s")]
    private static partial void Crashed(ILogger logger, int members, string clusterId, double seconds);

    [LoggerMessage(2, LogLevel.Warning, "Waiting for the database at {Place}: {Reason}")]
    private static partial void Waiting(ILogger logger, string place, string reason);
}
