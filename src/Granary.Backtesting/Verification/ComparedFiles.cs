using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Contracts.Models;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Verification;

/// <summary>Reads a backtest and a session, which are compared, from the tables of their runs.</summary>
internal static class ComparedFiles
{
    /// <param name="folder">The folder of the backtest.</param>
    /// <exception cref="InputException">It has no portfolio_trades.csv, or a field of it cannot be read.</exception>
    public static ComparedBacktest Backtest(string folder) => new([.. Rows(folder, "portfolio_trades.csv").Select(row => new ComparedTrade
    {
        Strategy = row.Text("strategy"),
        Symbol = row.Text("symbol"),
        Side = row.Side("side"),
        EntryTime = row.Time("entry_time"),
        ExitTime = row.Time("exit_time"),
        Quantity = row.Number("quantity"),
        Net = row.Number("pnl_net"),
        Weight = row.Number("weight"),
        Model = row.Text("model"),
    })], Weights(folder));

    /// <param name="folder">The folder of the session's run.</param>
    /// <exception cref="InputException">It has no account_gap.csv, or a field of it cannot be read.</exception>
    public static ComparedSession Session(string folder) =>
        new(Rows(folder, LiveDivergence.File).Select(row => new SessionTrade
        {
            Strategy = row.Text("strategy"),
            Symbol = row.Text("symbol"),
            Side = row.Side("side"),
            Multiplier = row.Number("multiplier"),
            Weight = row.Number("weight"),
            Model = row.Text("model"),
            Timeframe = Timeframe.TryParse(row.Text("timeframe"), out var timeframe) ? timeframe : null,
            Planned = RoundTripOf(row, "model"),
            Filled = RoundTripOf(row, "account"),
            Why = row.Text("why"),
            Cause = row.Word("cause"),
            ExitCause = row.Word("exit_cause"),
            GrantedShare = row.Number("granted_share"),
            GrantedCause = row.Word("granted_cause") ?? DivergenceCauses.Code,
        }), Weights(folder));

    private static RoundTrip? RoundTripOf(Row row, string side) => row.Number($"{side}_quantity") is > 0 and var quantity
        ? new RoundTrip
        {
            Quantity = quantity,
            EntryTime = row.Time($"{side}_entry_time"),
            EntryPrice = row.Number($"{side}_entry_price"),
            ExitTime = row.Time($"{side}_exit_time"),
            ExitPrice = row.Number($"{side}_exit_price"),
            Net = row.Number($"{side}_net"),
            Fees = row.Number($"{side}_fees"),
            Rate = row.Number($"{side}_rate") is > 0 and var rate ? rate : 1,
        } : null;

    private static Dictionary<string, (double Weight, string Model)> Weights(string folder)
    {
        var path = Path.Combine(folder, "prod.json");
        var found = new Dictionary<string, (double, string)>(StringComparer.Ordinal);
        if (!File.Exists(path)) return found;
        foreach (var strategy in JsonPart.Parse(path, File.ReadAllBytes(path)).Need("strategies").List())
            found[strategy.Need("id").String()] = (strategy.Need("weight").Number(),
                strategy.Find("model") is { Kind: JsonValueKind.String } model ? model.Text : "");
        return found;
    }

    private static IEnumerable<Row> Rows(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
            throw new InputException($"{folder} has no {file}; name the folder of "
                + $"a {(file == LiveDivergence.File ? "live run" : "run that has \"portfolio_trades\" among its outputs")}");
        using var csv = new CsvReader(new StreamReader(path), new CsvConfiguration(CultureInfo.InvariantCulture));
        csv.Read();
        csv.ReadHeader();
        var row = new Row(path, csv);
        while (csv.Read()) yield return row;
    }

    // The current row of a table.
    private sealed class Row(string path, CsvReader csv)
    {
        public string Text(string column) => CsvText.Read(csv.TryGetField<string>(column, out var field) ? field ?? "" : "");

        public string? Word(string column) => Text(column) is { Length: > 0 } word ? word : null;

        // 0 where the table has none.
        public double Number(string column) => Text(column) is { Length: > 0 } text
            ? double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : throw Wrong(column, "a number") : 0;

        public DateTime Time(string column) => UtcTicks.TryRead(Text(column)) is { } ticks
            ? new DateTime(ticks, DateTimeKind.Utc) : throw Wrong(column, "a time such as 2024-01-31T14:30:00Z");

        public Side Side(string column) => Text(column) switch
        {
            "long" => Engine.Trading.Side.Buy,
            "short" => Engine.Trading.Side.Sell,
            _ => throw Wrong(column, "long or short"),
        };

        private InputException Wrong(string column, string needed) => new(string.Create(CultureInfo.InvariantCulture,
            $"{path}, line {csv.Parser.Row}, {column}: '{Text(column)}' is not {needed}; run it again, or restore the file"));
    }
}
