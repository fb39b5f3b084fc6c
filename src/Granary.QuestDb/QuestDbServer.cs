using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Granary.Data.Reading;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Npgsql;

namespace Granary.QuestDb;

/// <summary>
/// Queries of QuestDB over PostgreSQL's wire protocol. <see cref="QuestDbAddress"/> checks the names of tables; symbols are parameters.
/// </summary>
internal sealed class QuestDbServer(QuestDbAddress address) : IAsyncDisposable
{
    private const string Markets = "granary_markets";

    private readonly NpgsqlDataSource _source = Source(address);
    private readonly HashSet<string> _ensured = new(StringComparer.Ordinal);

    public QuestDbAddress Address => address;

    // QuestDB has no type catalogue to load.
    private static NpgsqlDataSource Source(QuestDbAddress address) =>
        new NpgsqlDataSourceBuilder(address.Connection).ConfigureTypeLoading(types => types.EnableTypeLoading(false)).Build();

    public sealed record Market(Instrument Instrument, bool HasAdjusted);

    /// <summary>
    /// Creates the tables if they do not exist: with dedup keys if the server supports them (7.3 and later), otherwise without.
    /// </summary>
    public async Task EnsureTablesAsync(string table, Timeframe timeframe, CancellationToken cancellationToken)
    {
        if (!_ensured.Add(table)) return;
        // A partition is a folder, so daily partitions of daily bars would be thousands of folders with one row each.
        var partition = timeframe.IsIntraday ? "DAY" : "YEAR";
        var columns = "(symbol SYMBOL INDEX, ts TIMESTAMP, open DOUBLE, high DOUBLE, low DOUBLE, close DOUBLE, volume DOUBLE, adjusted "
            + "DOUBLE)";
        await MakeAsync(table, $"CREATE TABLE '{table}' {columns} TIMESTAMP(ts) PARTITION BY {partition}",
            " WAL DEDUP UPSERT KEYS(ts, symbol)", cancellationToken).ConfigureAwait(false);
        await MakeAsync(Markets, $"CREATE TABLE '{Markets}' (symbol SYMBOL, timeframe SYMBOL, about STRING, adjusted BOOLEAN, ts "
            + $"TIMESTAMP) TIMESTAMP(ts) PARTITION BY YEAR", "", cancellationToken).ConfigureAwait(false);
    }

    private async Task MakeAsync(string table, string create, string newer, CancellationToken cancellationToken)
    {
        if (await ColumnOfTimeAsync(table, cancellationToken).ConfigureAwait(false) is not null) return;
        try
        {
            try
            {
                await ExecuteAsync(create + newer, [], cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException) when (newer.Length > 0)
            {
                // a server without dedup keys; a merge avoids duplicates by reading first
                await ExecuteAsync(create, [], cancellationToken).ConfigureAwait(false);
            }
        }
        catch (PostgresException)
        {
            // another process may have created it just now
            if (await ColumnOfTimeAsync(table, cancellationToken).ConfigureAwait(false) is null) throw;
        }
    }

    /// <summary>Returns the designated timestamp column of a table; null if the table does not exist.</summary>
    public async Task<string?> ColumnOfTimeAsync(string table, CancellationToken cancellationToken)
    {
        foreach (var (name, column) in await TablesAsync(cancellationToken).ConfigureAwait(false))
            if (name == table)
                return column;
        return null;
    }

    private async Task<List<(string Name, string Time)>> TablesAsync(CancellationToken cancellationToken) =>
        await RowsAsync("SELECT * FROM tables()", [],
            r => (r.GetString(NameOfTable(r.GetName, r.FieldCount)), Text(r, r.GetOrdinal("designatedTimestamp"))), cancellationToken)
            .ConfigureAwait(false);

    private static string Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? "" : row.GetString(column);

    /// <summary>Returns the column of tables() that holds the table's name: name up to QuestDB 7.3, table_name later.</summary>
    internal static int NameOfTable(Func<int, string> name, int columns)
    {
        for (var i = 0; i < columns; i++)
            if (name(i) is "table_name" or "name")
                return i;
        throw new BarStoreException("this QuestDB's tables() has no column with the names of tables; use a version from 6.5 on");
    }

    /// <summary>Returns the symbols of a timeframe, with their tables and time columns.</summary>
    public async Task<List<(string Symbol, string Table, string Time)>> SymbolsAsync(Timeframe timeframe,
        CancellationToken cancellationToken)
    {
        var tables = await TablesAsync(cancellationToken).ConfigureAwait(false);
        if (!address.TablePerSymbol)
        {
            var table = address.TableOf("", timeframe);
            if (tables.Find(t => t.Name == table) is not { Name: not null } found) return [];
            return [.. (await RowsAsync($"SELECT symbol, count() FROM '{table}'", [], r => r.GetString(0), cancellationToken)
                .ConfigureAwait(false)).Order(StringComparer.Ordinal).Select(s => (s, table, found.Time))];
        }
        var template = address.Table.Replace("{timeframe}", timeframe.ToString(), StringComparison.Ordinal);
        var at = template.IndexOf("{symbol}", StringComparison.Ordinal);
        var (before, after) = (template[..at], template[(at + "{symbol}".Length)..]);
        // If the name does not contain the timeframe, any table may belong to it.
        return [.. tables.Where(t => t.Time.Length > 0 && t.Name.Length > before.Length + after.Length
            && t.Name.StartsWith(before, StringComparison.Ordinal) && t.Name.EndsWith(after, StringComparison.Ordinal)
                && t.Name != Markets && !t.Name.StartsWith("sys.", StringComparison.Ordinal)
                && !t.Name.StartsWith("telemetry", StringComparison.Ordinal))
            .Select(t => (t.Name[before.Length..^after.Length], t.Name, t.Time)).OrderBy(t => t.Item1, StringComparer.Ordinal)];
    }

    /// <summary>Returns the last stored entry about a market; null = none.</summary>
    public async Task<Market?> MarketAsync(string symbol, Timeframe timeframe, CancellationToken cancellationToken)
    {
        if (await ColumnOfTimeAsync(Markets, cancellationToken).ConfigureAwait(false) is null) return null;
        var rows = await RowsAsync($"SELECT about, adjusted FROM '{Markets}' WHERE {OfSymbol()} AND timeframe = $2 ORDER BY ts DESC LIMIT "
            + $"1", [symbol, timeframe.ToString()],
            r => (About: r.GetString(0), Adjusted: r.GetBoolean(1)), cancellationToken).ConfigureAwait(false);
        return rows.Count > 0 && InstrumentJson.Read(Encoding.UTF8.GetBytes(rows[0].About)) is { } instrument
            ? new Market(instrument, rows[0].Adjusted) : null;
    }

    public Task DescribeAsync(Instrument instrument, Timeframe timeframe, bool hasAdjusted, CancellationToken cancellationToken) =>
        ExecuteAsync($"INSERT INTO '{Markets}' VALUES ($1, $2, $3, {(hasAdjusted ? "true" : "false")}, systimestamp())",
            [instrument.Symbol, timeframe.ToString(), Encoding.UTF8.GetString(InstrumentJson.Bytes(instrument))], cancellationToken);

    /// <summary>Returns the number of rows, and their first and last time in ticks, for one symbol or for a table of one symbol.</summary>
    public async Task<(long Count, long First, long Last)> RangeAsync(string table, string? symbol, CancellationToken cancellationToken,
        string column = "ts")
    {
        var rows = await RowsAsync($"SELECT count(), min(\"{Name(column)}\"), "
            + $"max(\"{Name(column)}\") FROM '{table}'{(symbol is null ? "" : " WHERE " + OfSymbol())}", symbol is null ? [] : [symbol],
            r => (r.GetInt64(0), r.IsDBNull(1) ? 0 : r.GetDateTime(1).Ticks, r.IsDBNull(2) ? 0 : r.GetDateTime(2).Ticks), cancellationToken)
            .ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : (0, 0, 0);
    }

    /// <summary>Updates existing rows. On servers without dedup keys, the line protocol cannot replace rows.</summary>
    public async Task UpdateAsync(string table, string symbol, IReadOnlyList<(BarColumns Bars, int At)> rows,
        CancellationToken cancellationToken)
    {
        foreach (var (bars, i) in rows)
        {
            static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
            await ExecuteAsync(
                $"UPDATE '{table}' SET open = {Number(bars.Open[i])}, high = {Number(bars.High[i])}, low "
                    + $"= {Number(bars.Low[i])}, close = {Number(bars.Close[i])}, volume = {Number(bars.Volume[i])}" +
                $"{(bars.Adjusted is { } a ? $", adjusted = {Number(a[i])}" : "")} WHERE {OfSymbol()} AND ts = {Literal(bars.Time[i])}",
                [symbol], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads bars in order of time, in pieces.</summary>
    public async IAsyncEnumerable<BarColumns> ReadAsync(QuestDbRows rows, bool withAdjusted, int size,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (table, time, symbol, from, to) = rows;
        var conditions = new List<string>();
        if (symbol is not null) conditions.Add(OfSymbol());
        if (from is { } f) conditions.Add($"\"{Name(time)}\" >= {Literal(f)}");
        if (to is { } t) conditions.Add($"\"{Name(time)}\" < {Literal(t)}");
        var sql = $"SELECT \"{Name(time)}\", open, high, low, close, volume{(withAdjusted ? ", adjusted" : "")} FROM "
            + $"'{table}'{(conditions.Count > 0 ? " WHERE " + string.Join(" AND ", conditions) : "")} ORDER BY \"{Name(time)}\"";
        NpgsqlConnection? connection = null;
        NpgsqlCommand? command = null;
        NpgsqlDataReader? reader = null;
        try
        {
            try
            {
                connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                command = Command(connection, sql, symbol is null ? [] : [symbol]);
                reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (NpgsqlException e)
            {
                throw Fault(e);
            }
            var piece = new BarColumns(size, withAdjusted);
            while (true)
            {
                if (!await TryTakeAsync(reader, piece, table, cancellationToken).ConfigureAwait(false)) break;
                if (piece.Count < size) continue;
                yield return piece;
                piece = new BarColumns(size, withAdjusted);
            }
            if (piece.Count > 0) yield return piece;
        }
        finally
        {
            if (reader is not null) await reader.DisposeAsync().ConfigureAwait(false);
            if (command is not null) await command.DisposeAsync().ConfigureAwait(false);
            if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Reads the next row; false if there is none.
    private async Task<bool> TryTakeAsync(NpgsqlDataReader reader, BarColumns piece, string table, CancellationToken cancellationToken)
    {
        try
        {
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) return false;
            Take(reader, piece);
            return true;
        }
        catch (Exception e) when (e is PostgresException)
        {
            throw Fault(e);
        }
        catch (Exception e) when (e is NpgsqlException or IOException)
        {
            throw new BarStoreException($"{address.Address} went away in the middle of "
                + $"'{table}' ({(e.InnerException ?? e).Message.ReplaceLineEndings(" ").TrimEnd('.')}); start the server and run "
                + $"again", e);
        }
        catch (InvalidCastException e)
        {
            throw new BarDataException($"{address.Address}: the table '{table}' has no numbers in open, high, low, close and volume; "
                + $"name a table of bars", e);
        }
    }

    private static void Take(NpgsqlDataReader reader, BarColumns piece)
    {
        var i = piece.Count;
        piece.Time[i] = reader.GetDateTime(0).Ticks;
        piece.Open[i] = Number(reader, 1);
        piece.High[i] = Number(reader, 2);
        piece.Low[i] = Number(reader, 3);
        piece.Close[i] = Number(reader, 4);
        piece.Volume[i] = reader.IsDBNull(5) ? 0 : Number(reader, 5);
        if (piece.Adjusted is not null) piece.Adjusted[i] = Number(reader, 6);
        piece.Count = i + 1;
    }

    private static double Number(NpgsqlDataReader reader, int column) =>
        reader.GetFieldType(column) == typeof(double) ? reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column)
            : Convert.ToDouble(reader.GetValue(column), CultureInfo.InvariantCulture);

    private async Task<List<T>> RowsAsync<T>(string sql, object[] parameters, Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var command = Command(connection, sql, parameters);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) rows.Add(read(reader));
            return rows;
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            throw Fault(e);
        }
    }

    private async Task ExecuteAsync(string sql, object[] parameters, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var command = Command(connection, sql, parameters);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException and not PostgresException or IOException or TimeoutException)
        {
            throw Fault(e);
        }
    }

    /// <summary>
    /// Returns a condition on the symbol, which is parameter 1. QuestDB caches the plan of each query text with the key of the first
    /// symbol. Version 6.5 then returns one symbol's rows for another, so each text is used once. A random number makes it differ from the
    /// texts of all processes.
    /// </summary>
    private static string OfSymbol()
    {
        var n = Random.Shared.NextInt64().ToString(CultureInfo.InvariantCulture);
        return $"symbol = $1 AND {n} = {n}";
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Varchar });
        return command;
    }

    /// <summary>Converts a server error to one sentence.</summary>
    public Exception Fault(Exception e) => e is not PostgresException p
        ? new BarStoreException($"{address.Address}: port "
            + $"{new NpgsqlConnectionStringBuilder(address.Connection).Port} of PostgreSQL's wire "
            + $"cannot be reached ({(e.InnerException ?? e).Message.TrimEnd('.')}); start the server, or correct ?pg=PORT", e)
        : p.SqlState is "28P01" or "28000" || p.MessageText.Contains("password", StringComparison.OrdinalIgnoreCase)
            ? new BarDataException($"{address.Address}: the server refuses the user or the password; correct them", e)
            : new BarStoreException($"{address.Address}: the server says '{p.MessageText}'", e);

    private static string Literal(long ticks)
    {
        var within = Math.Clamp(ticks, DateTime.UnixEpoch.Ticks, new DateTime(2200, 1, 1).Ticks);
        var time = new DateTime(within, DateTimeKind.Utc).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        return $"'{time}'";
    }

    // A column's name comes from the server, so quotes in it are removed.
    private static string Name(string column) => column.Replace("\"", "", StringComparison.Ordinal);

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
