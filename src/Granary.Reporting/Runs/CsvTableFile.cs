using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Engine;
using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>Reads the CSV file of a table of a run.</summary>
internal static class CsvTableFile
{
    /// <summary>Returns the table of a file. Its rows are read when they are written.</summary>
    /// <exception cref="InputException">The file is damaged, or has other columns.</exception>
    public static Table Read(string path, CsvSchema schema)
    {
        RequireEnd(path);
        var columns = ColumnsOf(path, schema);
        return new Table(columns, writer =>
            Each(path, (cells, line) => CsvRow.Write(writer, columns, cells, () => Place(path, line)), _ => true));
    }

    // The types of the columns that follow from the run are those of their cells.
    private static IReadOnlyList<OutputColumn> ColumnsOf(string path, CsvSchema schema)
    {
        IReadOnlyList<OutputColumn>? columns = null;
        var isNumber = Array.Empty<bool>();
        Each(path, (cells, _) =>
        {
            for (var i = 0; i < isNumber.Length && schema.First.Count + i < cells.Length; i++)
                isNumber[i] = isNumber[i] && TableCell.TypeOf([CsvText.Read(cells[schema.First.Count + i])]) == ColumnType.Number;
        }, header =>
        {
            columns = schema.Of(header, path);
            isNumber = new bool[schema.HasMore ? columns.Count - schema.First.Count - schema.Last.Count : 0];
            Array.Fill(isNumber, true);
            return schema.HasMore;
        });
        if (columns is null) throw new InputException($"{path}: the file is empty; run the batch again");
        return [.. columns.Select((c, i) => i - schema.First.Count is >= 0 and var more && more < isNumber.Length
            ? c with { Type = isNumber[more] ? ColumnType.Number : ColumnType.Word } : c)];
    }

    // Reads the rows after the header only if they are wanted.
    private static void Each(string path, Action<string[], long> use, Func<string[], bool> head)
    {
        try
        {
            using var csv = new CsvParser(new StreamReader(path), new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                BadDataFound = bad => throw new InputException(
                    $"{Place(path, bad.Context.Parser!.RawRow)}: the cell '{bad.Field}' has a quote inside; run the batch again"),
            });
            if (!csv.Read() || !head(csv.Record!)) return;
            while (csv.Read()) use(csv.Record!, csv.RawRow);
        }
        catch (CsvHelperException e)
        {
            throw new InputException($"{path}: {e.Message.Split('\n')[0].TrimEnd('.', '\r')}; run the batch again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the file cannot be read: {e.Message.TrimEnd('.')}; correct its rights", e);
        }
    }

    // Each line of a complete file has an end.
    private static void RequireEnd(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length == 0) return;
        file.Position = file.Length - 1;
        if (file.ReadByte() != '\n')
            throw new InputException($"{path}: the last line has no end, so that the file is not complete; run the batch again");
    }

    private static string Place(string path, long line) => FormattableString.Invariant($"{path}, line {line}");
}
