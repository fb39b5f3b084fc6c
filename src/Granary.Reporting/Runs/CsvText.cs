using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Granary.Reporting.Runs;

/// <summary>
/// Cells of CSV files that users open in spreadsheets. A text that a spreadsheet would evaluate as a formula, such as a symbol <c>=1+1</c>,
/// gets a leading apostrophe. Numbers are unchanged.
/// </summary>
internal static class CsvText
{
    private const char Mark = '\'';

    /// <summary>Converts a text to a cell.</summary>
    public static string Write(string text) => IsMarked(text) && !IsNumber(text) ? Mark + text : text;

    /// <summary>Converts a cell to its text.</summary>
    public static string Read(string cell) => cell.Length > 1 && cell[0] == Mark && IsMarked(cell[1..]) ? cell[1..] : cell;

    /// <summary>Creates a writer that encodes cells like <see cref="Write"/> and ends lines with \n.</summary>
    public static CsvWriter Open(TextWriter writer) => new Writer(writer);

    // A text that already begins with such marks gets one more, so that it can be read back unchanged.
    private static bool IsMarked(string text)
    {
        var bare = text.AsSpan().TrimStart(Mark);
        return bare.Length > 0 && bare[0] is '=' or '+' or '-' or '@' or '\t' or '\r';
    }

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private sealed class Writer(TextWriter writer)
        : CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true)
    {
        public override void WriteField(string? field, bool shouldQuote) => base.WriteField(field is null ? null : CsvText.Write(field),
            shouldQuote);
    }
}
