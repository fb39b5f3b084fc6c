using System.Globalization;
using Granary.Engine.Market;
using Granary.Storage.Addresses;
using Npgsql;

namespace Granary.QuestDb;

/// <summary>
/// Address of bars in QuestDB: <c>questdb://USER:PASSWORD@HOST:9000?pg=8812&amp;ilp=http&amp;table=granary_bars_{timeframe}</c>. The port
/// is that of HTTP. <c>ilp=tcp:9009</c> writes over TCP, for servers before 7.4.
/// </summary>
/// <param name="Connection">Npgsql's connection string for its PostgreSQL protocol.</param>
/// <param name="Http">Address to which lines are posted.</param>
/// <param name="IlpPort">The port for lines over TCP; null if lines are sent over HTTP.</param>
/// <param name="Table">The name of a table: one for each timeframe, or with {symbol} in it one for each symbol, which is read only.</param>
internal sealed record QuestDbAddress(Address Address, string Host, string Connection, Uri Http, int? IlpPort, string Table, string? User,
    string? Password)
{
    /// <exception cref="BarDataException">The address is invalid. The message is one sentence without the password.</exception>
    public static QuestDbAddress Of(Address where)
    {
        var address = ServerAddress.Of(where, ["pg", "ilp", "table", "timeout"]);
        if (address.Path.Length > 0)
            throw new BarDataException($"{address.Address}: QuestDB has one database only; leave '/{address.Path}' out");
        var ilp = address.Options.GetValueOrDefault("ilp", "http");
        int? tcp = ilp.StartsWith("tcp:", StringComparison.Ordinal) ? Port(address, "ilp", ilp[4..]) : ilp == "tcp" ? 9009 : null;
        if (tcp is null && ilp != "http") throw new BarDataException($"{address.Address}: ilp cannot be '{ilp}'; use http or tcp:9009");
        var table = address.Options.GetValueOrDefault("table", "granary_bars_{timeframe}");
        var bare = table.Replace("{timeframe}", "", StringComparison.Ordinal).Replace("{symbol}", "", StringComparison.Ordinal);
        if (table.Length is 0 or > 100 || !bare.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            throw new BarDataException($"{address.Address}: table cannot be '{table}'; use letters, digits, '_' and '-', with "
                + $"{{timeframe}} or {{symbol}} where they are to stand");
        if (!table.Contains('{')) throw new BarDataException($"{address.Address}: table "
            + $"'{table}' would hold all timeframes; write {{timeframe}} in it, as {table}_{{timeframe}}");
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = Port(address, "pg", address.Options.GetValueOrDefault("pg", "8812")),
            Username = address.User ?? "admin",
            Password = address.Password ?? "quest",
            Database = "qdb",
            Timeout = address.Options.TryGetValue("timeout", out var timeout) ? Port(address, "timeout", timeout) : 15,
            CommandTimeout = 0,
            NoResetOnClose = true, // QuestDB does not support DISCARD ALL
            ApplicationName = "granary",
        };
        return new QuestDbAddress(where, address.Host, connection.ConnectionString,
            new Uri($"http://{address.Host}:{(address.Port ?? 9000).ToString(CultureInfo.InvariantCulture)}/"), tcp, table, address.User,
            address.Password);
    }

    public bool TablePerSymbol => Table.Contains("{symbol}", StringComparison.Ordinal);

    /// <summary>Returns the name of the table that has a market's bars; the caller quotes it.</summary>
    /// <exception cref="BarDataException">Tables are named after symbols, and this symbol is not allowed in a table name.</exception>
    public string TableOf(string symbol, Timeframe timeframe)
    {
        var table = Table.Replace("{timeframe}", timeframe.ToString(), StringComparison.Ordinal);
        if (!TablePerSymbol) return table;
        if (symbol.Length is 0 or > 64 || !symbol.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            throw new BarDataException($"{Address}: '{symbol}' cannot be part of a table's name; use letters, digits, '_' and '-'");
        return table.Replace("{symbol}", symbol, StringComparison.Ordinal);
    }

    private static int Port(ServerAddress address, string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port
            : throw new BarDataException($"{address.Address}: {name} cannot be '{text}'; write a number, as 8812");
}
