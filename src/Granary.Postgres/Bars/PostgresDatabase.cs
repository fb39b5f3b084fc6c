using Granary.Engine.Market;
using Granary.Postgres.Migrations;
using Granary.Storage.Retries;
using Npgsql;

namespace Granary.Postgres.Bars;

/// <summary>
/// Connections to one database of bars. Migrates its tables once, retries while the server is unreachable, and converts its errors to
/// sentences.
/// </summary>
internal sealed class PostgresDatabase(PostgresAddress address) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(DatabaseSchema.Bars.Connect(address.Connection));
    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _migrated;

    public PostgresAddress Address => address;

    /// <summary>How long to wait for a lost server before the operation fails.</summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Clock of the timeout.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Runs an operation that can be repeated from its start, and retries it while the server is unreachable.</summary>
    /// <param name="firstTry">
    /// Whether an unreachable server is an error at once: before the first success, a wrong address is more likely.
    /// </param>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken, bool firstTry = true)
    {
        long? gone = null, there = null;
        bool IsWorthAnotherTry(Exception e)
        {
            if (!Away(e) || firstTry && !_migrated) return false;
            // A new outage after a long success gets a new timeout; a server that is lost at every attempt does not.
            if (gone is null || there is { } t && Clock.GetElapsedTime(t) > ReconnectTimeout) gone = Clock.GetTimestamp();
            there = null;
            return Clock.GetElapsedTime(gone.Value) <= ReconnectTimeout;
        }

        try
        {
            return await RetryPolicies.ServerAway(IsWorthAnotherTry, Timeout.InfiniteTimeSpan).RunAsync(async stop =>
            {
                await using var connection = await OpenAsync(stop).ConfigureAwait(false);
                (firstTry, there) = (false, Clock.GetTimestamp());
                return await work(connection).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (gone is not null && Away(e))
        {
            throw NotBack("", e);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            throw Fault(e);
        }
    }

    /// <summary>Opens a connection after migrating the tables; the caller disposes of it.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!Volatile.Read(ref _migrated)) await MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_migrated) return;
            await MigrationRunner.ApplyAsync(connection, DatabaseSchema.Bars, cancellationToken).ConfigureAwait(false);
            _migrated = true;
        }
        catch (MigrationException e)
        {
            throw new BarDataException($"{address.Address}: {e.Message}", e);
        }
        finally
        {
            _gate.Release();
        }
    }

    internal static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the server is unreachable, is starting, or ended the connection, so a retry may succeed.</summary>
    public static bool Away(Exception e) => e switch
    {
        PostgresException p => p.SqlState is "57P01" or "57P02" or "57P03" or "53300" or "40001" or "40P01"
            || p.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException => true,
        _ => false,
    };

    /// <summary>Returns the error for a server that was reachable before, and is unreachable for longer than the timeout.</summary>
    /// <param name="where">The interrupted operation, for the message; empty to omit it.</param>
    public Exception NotBack(string where, Exception e) => e is PostgresException { SqlState: "40001" or "40P01" } ? Fault(e)
        : new BarStoreException($"{address.Address} went away{(where.Length > 0 ? " in the middle of " + where : "")} and was not back "
            + $"within {ReconnectTimeout.TotalSeconds:0} s ({(e.InnerException ?? e).Message.ReplaceLineEndings(" ").TrimEnd('.')}); "
            + $"start the "
            + $"server and run again", e);

    /// <summary>Converts a server error to one sentence.</summary>
    public Exception Fault(Exception e)
    {
        var shown = address.Address.ToString();
        if (e is not PostgresException p)
            return new BarStoreException(
                $"{shown} cannot be reached ({(e.InnerException ?? e).Message.ReplaceLineEndings(" ").TrimEnd('.')}); start the server, or "
                    + $"correct the address", e);
        return p.SqlState switch
        {
            "28P01" or "28000" => new BarDataException($"{shown}: the server refuses the user or the password; correct them", e),
            "3D000" => new BarDataException($"{shown}: the database does not exist; make it with createdb, or correct its name", e),
            "42P01" => new BarStoreException($"{shown}: a table is missing ({p.MessageText}) although the migrations that make it have "
                + $"run; restore it, or run DROP SCHEMA bars CASCADE and import again", e),
            "42703" => new BarStoreException($"{shown}: a table is not as Granary made it ({p.MessageText}); restore it", e),
            "42501" => new BarStoreException($"{shown}: the user may not do this "
                + $"({p.MessageText}); grant the rights to its schema and tables", e),
            "53100" => new BarStoreException($"{shown}: the server's disk is full; make room", e),
            _ => new BarStoreException($"{shown}: the server says '{p.MessageText}' ({p.SqlState})", e),
        };
    }

    public ValueTask DisposeAsync()
    {
        _gate.Dispose();
        return _source.DisposeAsync();
    }
}
