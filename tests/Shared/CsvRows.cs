using Microsoft.VisualBasic.FileIO;

namespace Granary.Testing;

/// <summary>Reads a CSV file by the names of its columns, so that a test holds when the file gets another column.</summary>
internal static class CsvRows
{
    /// <summary>Returns the rows of a file: the text of each cell by its column.</summary>
    public static List<Dictionary<string, string>> Of(string path)
    {
        using var parser = new TextFieldParser(path) { TextFieldType = FieldType.Delimited, TrimWhiteSpace = false };
        parser.SetDelimiters(",");
        var columns = parser.ReadFields()!;
        var rows = new List<Dictionary<string, string>>();
        while (parser.ReadFields() is { } cells)
            rows.Add(columns.Zip(cells).ToDictionary(c => c.First, c => c.Second, StringComparer.Ordinal));
        return rows;
    }
}
