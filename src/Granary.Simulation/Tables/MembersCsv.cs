using System.Globalization;
using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Simulation.Tables;

/// <summary>
/// Reads the members of a universe over time: a file with the columns <c>symbol</c>, <c>from</c>, <c>to</c> and, if wanted,
/// <c>delisting_return</c>.
/// </summary>
internal static class MembersCsv
{
    private const string Symbol = "symbol", From = "from", To = "to", Return = "delisting_return";

    /// <param name="path">A file that <see cref="DataTable"/> reads.</param>
    /// <param name="files">The files that may be opened.</param>
    /// <param name="formats">The formats of typed tables that the process knows; null = texts alone.</param>
    /// <returns>The rows by symbol and time.</returns>
    /// <exception cref="BarDataException">The file is missing, or a row is invalid; one sentence with its place.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static IReadOnlyList<MemberRow> Read(string path, PermittedFiles files, TableFormatCatalogue? formats = null)
    {
        using var table = DataTable.Open(path, files, formats);
        CheckHeader(table);
        var (symbol, from, to, loss) = (table.PlaceOf(Symbol), table.PlaceOf(From), table.PlaceOf(To), table.PlaceOf(Return));
        var rows = new List<(MemberRow Row, RowPlace Place)>();
        while (table.Next())
        {
            // Spreadsheets leave lines of separators below the last row.
            if (Enumerable.Range(0, table.Names.Count).All(table.IsEmpty)) continue;
            var row = new MemberRow(table.Text(symbol), table.IsEmpty(from) ? 0 : table.Time(from),
                table.IsEmpty(to) ? long.MaxValue : table.Time(to), loss < 0 || table.IsEmpty(loss) ? null : ReturnOf(table, loss));
            Check(table, row);
            rows.Add((row, table.Place));
        }
        if (rows.Count == 0) throw BarDataException.At(path, null, null, "there are no rows in it", "add a row for each member");
        return Ordered(path, rows);
    }

    private static void CheckHeader(DataTable table)
    {
        string[] known = [Symbol, From, To, Return];
        foreach (var name in table.Names)
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw Wrong(name, "this column is not one of a file of members", Spelling.Nearest(name, known) is { } near
                    ? $"did you mean '{near}'?" : $"remove it; the columns are {string.Join(", ", known)}");
        foreach (var name in known)
            if (table.Names.Count(h => h.Equals(name, StringComparison.OrdinalIgnoreCase)) is var times && times > 1)
                throw Wrong(name, "the header names this column twice", "keep one of them");
            else if (times == 0 && name != Return)
                throw Wrong(name, "there is no such column", "a file of members has the columns symbol, from and to");

        BarDataException Wrong(string column, string fault, string remedy) =>
            BarDataException.At(table.Path, table.HeaderLine, column, fault, remedy);
    }

    private static double ReturnOf(DataTable table, int place) =>
        double.TryParse(table.Text(place), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= -1 and <= 100
            ? value : throw table.Fault(Return, $"'{table.Text(place)}' is not a return", "write a fraction from -1 to 100, such as -0.3");

    private static void Check(DataTable table, MemberRow row)
    {
        if (row.Symbol.Length == 0) throw table.Fault(Symbol, "the symbol is missing", "write it, or remove the row");
        if (row.To <= row.From)
            throw table.Fault(To, $"'{table.Text(table.PlaceOf(To))}' is not after '{table.Text(table.PlaceOf(From))}'",
                "'to' is the first time at which the symbol is no member any more; write a later one");
        if (row.DelistingReturn is not null && row.To == long.MaxValue)
            throw table.Fault(Return, "the symbol is still a member, so it was not delisted",
                "write the date of the delisting as 'to', or leave the return out");
    }

    private static List<MemberRow> Ordered(string path, List<(MemberRow Row, RowPlace Place)> rows)
    {
        List<(MemberRow Row, RowPlace Place)> ordered =
            [.. rows.OrderBy(r => r.Row.Symbol, StringComparer.Ordinal).ThenBy(r => r.Row.From).ThenBy(r => r.Place.Row)];
        for (var i = 1; i < ordered.Count; i++)
        {
            var ((before, first), (row, place)) = (ordered[i - 1], ordered[i]);
            if (before.Symbol != row.Symbol) continue;
            var (earlier, later) = first.Row < place.Row ? (first, place) : (place, first);
            if (before == row)
                throw later.Fault(path, Symbol, $"the row of '{row.Symbol}' is also in {earlier}", "keep one of them");
            if (row.From < before.To)
                throw later.Fault(path, From, $"this span of '{row.Symbol}' overlaps that of {earlier}",
                    "make the spans of a symbol follow one another, or join them");
            if (before.DelistingReturn is not null)
                throw first.Fault(path, Return, $"'{row.Symbol}' is a member again in {place}",
                    "leave the return out, or give the later company a symbol of its own");
        }
        return ordered.ConvertAll(r => r.Row);
    }
}
