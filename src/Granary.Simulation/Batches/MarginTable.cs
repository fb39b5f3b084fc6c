using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Simulation.Tables;
using Granary.Storage.Files;

namespace Granary.Simulation.Batches;

/// <summary>
/// Reads a table of maintenance margins: for each step its symbol, its lowest notional, its rate, its amount and its greatest leverage.
/// </summary>
internal static class MarginTable
{
    private static readonly string[] s_from = ["from", "notionalFloor", "bracketNotionalFloor", "minNotional"],
        s_percent = ["ratePercent", "maintenancePercent"], s_fraction = ["maintMarginRatio", "maintenanceMarginRate"],
        s_amount = ["amount", "cum", "maintAmount"], s_leverage = ["maxLeverage", "initialLeverage"];

    // Published amounts are rounded to cents at most.
    private const double MostJump = 0.01;

    /// <param name="files">The files that may be opened.</param>
    /// <param name="formats">The formats of typed tables; null = texts alone.</param>
    /// <returns>Tables by symbol; a table without symbols under the empty text.</returns>
    /// <exception cref="BarDataException">A row is invalid, or does not continue the one before it; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static IReadOnlyDictionary<string, MarginTiers> Read(string path, PermittedFiles files, TableFormatCatalogue? formats)
    {
        using var table = DataTable.Open(path, files, formats);
        var columns = new Columns(table, SymbolSample.Of(path, files, formats, [], -1,
            name => $"call the column 'symbol' if it names the symbol of each row, or remove it"));
        var steps = new Dictionary<string, List<MarginTier>>(StringComparer.Ordinal);
        var last = "";
        while (table.Next())
        {
            var symbol = columns.Symbol < 0 ? "" : table.Text(columns.Symbol);
            if (columns.Symbol >= 0 && symbol.Length == 0)
                throw table.Fault(table.Names[columns.Symbol], "the symbol is missing", "write it on each line");
            if (steps.TryGetValue(symbol, out var own) && symbol != last)
                throw table.Fault(table.Names[columns.Symbol], $"the steps of {symbol} are not together", "sort the lines by symbol");
            if (own is null) steps[symbol] = own = [];
            last = symbol;
            own.Add(Next(table, columns, own));
        }
        if (steps.Count == 0) throw BarDataException.At(path, null, null, "there are no lines below the header", "add a step from 0");
        return steps.ToDictionary(s => s.Key, s => new MarginTiers(s.Value), StringComparer.Ordinal);
    }

    private readonly record struct Columns(int Symbol, int From, int Rate, double PerRate, int Amount, int Leverage)
    {
        public Columns(DataTable table, int symbol) : this(symbol, Find(table, s_from), Find(table, s_percent), 0.01,
            Find(table, s_amount), Find(table, s_leverage))
        {
            if (From < 0) From = table.Need("from");
            if (Rate >= 0) return;
            (Rate, PerRate) = (Find(table, s_fraction), 1);
            if (Rate < 0) Rate = table.Need("ratePercent");
        }

        private static int Find(DataTable table, string[] names)
        {
            foreach (var name in names)
                if (table.PlaceOf(name) is >= 0 and var at)
                    return at;
            return -1;
        }
    }

    private static MarginTier Next(DataTable table, in Columns columns, List<MarginTier> before)
    {
        var (from, rate) = (table.Number(columns.From), table.Number(columns.Rate) * columns.PerRate);
        string Name(int column) => table.Names[column];
        if (before.Count == 0 && from != 0)
            throw table.Fault(Name(columns.From), FormattableString.Invariant($"the first step starts at {from}"), "start the table at 0");
        if (before.Count > 0 && !(from > before[^1].From))
            throw table.Fault(Name(columns.From), FormattableString.Invariant($"{from} is not above the step before it"),
                "sort the steps by their notional, each once");
        if (!(rate >= 0 && rate < 1))
            throw table.Fault(Name(columns.Rate), FormattableString.Invariant($"{table.Number(columns.Rate)} is out of range"),
                columns.PerRate < 1 ? "give it in percent, from 0 to below 100" : "give it as a fraction, from 0 to below 1");
        if (before.Count > 0 && rate < before[^1].Rate)
            throw table.Fault(Name(columns.Rate), "the rate falls from one step to the next", "a larger position never requires less");
        // The margin has no jump: what the higher rate adds at the step is subtracted.
        var amount = before.Count == 0 ? 0 : before[^1].Amount + from * (rate - before[^1].Rate);
        if (columns.Amount >= 0 && !table.IsEmpty(columns.Amount) && table.Number(columns.Amount) is var given
            && Math.Abs(given - amount) > Math.Max(MostJump, Tolerance.Written * Math.Abs(amount)))
            throw table.Fault(Name(columns.Amount),
                FormattableString.Invariant($"with {given} the maintenance margin jumps at {from} by {amount - given:0.######}"),
                FormattableString.Invariant($"write {amount:0.######}, or leave the column out"));
        return new MarginTier(from, rate, amount, LeverageOf(table, columns, before));
    }

    private static double LeverageOf(DataTable table, in Columns columns, List<MarginTier> before)
    {
        if (columns.Leverage < 0 || table.IsEmpty(columns.Leverage)) return before.Count == 0 ? 0 : before[^1].MaxLeverage;
        var leverage = table.Number(columns.Leverage);
        if (!(leverage >= 1))
            throw table.Fault(table.Names[columns.Leverage], FormattableString.Invariant($"{leverage} is not a leverage"),
                "write 1 or more, or leave the field empty");
        return before.Count == 0 || !(before[^1].MaxLeverage > 0) || leverage <= before[^1].MaxLeverage ? leverage
            : throw table.Fault(table.Names[columns.Leverage], "the leverage rises from one step to the next",
                "a larger position never has a greater leverage");
    }
}
