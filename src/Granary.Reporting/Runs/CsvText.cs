using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Granary.Reporting.Runs;

/// <summary>
/// Cells of the CSV files that spreadsheets open. A text that a spreadsheet would compute, such as a symbol <c>=1+1</c>, has an apostrophe
/// in front, by which it is taken as text. Numbers stay as they are.
/// </summary>
public static class CsvText
{
    private const char Mark = '\'';

    /// <summary>The cell of a text.</summary>
    public static string Write(string text) => IsMarked(text) && !IsNumber(text) ? Mark + text : text;

    /// <summary>The text of a cell.</summary>
    public static string Read(string cell) => cell.Length > 1 && cell[0] == Mark && IsMarked(cell[1..]) ? cell[1..] : cell;

    /// <summary>Writes cells as <see cref="Write"/> does, lines with \n.</summary>
    public static CsvWriter Open(TextWriter writer) => new Writer(writer);

    // A text that has such marks itself gets one more, so that each is read back as it was.
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
