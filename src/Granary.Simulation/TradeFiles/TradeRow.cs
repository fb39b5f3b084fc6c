using System.Globalization;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.Tables;

namespace Granary.Simulation.TradeFiles;

/// <summary>One row of a trade file: its texts by column.</summary>
/// <param name="file">File name for error messages.</param>
/// <param name="line">Line number, from 1.</param>
/// <param name="fields">Texts by normalised column name; see <see cref="Key"/>. A repeated name gets its number as a suffix.</param>
internal sealed class TradeRow(string file, long line, IReadOnlyDictionary<string, string> fields)
{
    private static readonly string[] Times =
        ["yyyy.MM.dd HH:mm:ss", "yyyy.MM.dd HH:mm", "yyyy.MM.dd", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd HH:mm:ss.FFFFFFFzzz"];

    public long Line => line;

    /// <summary>Normalises a column name: lower case, letters and digits only.</summary>
    public static string Key(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>Returns the text of the first of these columns in the file; null if there is none or the field is empty.</summary>
    public string? Text(params IReadOnlyList<string> columns)
    {
        foreach (var column in columns)
            if (fields.TryGetValue(column, out var text))
                return text.Length > 0 ? text : null;
        return null;
    }

    /// <exception cref="InputException">The field is missing.</exception>
    public string Need(params IReadOnlyList<string> columns) => Text(columns) ?? throw Fault(columns[0], "the field is empty; write it");

    /// <summary>Returns a number; NaN if the file has none of these columns or the field is empty.</summary>
    /// <exception cref="InputException">The field is not a number.</exception>
    public double Number(params IReadOnlyList<string> columns)
    {
        if (Text(columns) is not { } text) return double.NaN;
        return TryNumber(text, out var value) ? value
            : throw Fault(columns[0], $"'{text}' is not a number; write it with a point, as 1234.5");
    }

    /// <exception cref="InputException">The field is missing or not a positive number.</exception>
    public double Positive(params IReadOnlyList<string> columns)
    {
        Need(columns);
        return Number(columns) is > 0 and var value ? value
            : throw Fault(columns[0], $"'{Text(columns)}' is not above 0; remove the line, or write the right number");
    }

    /// <summary>Returns a time as UTC ticks; a time without a zone is UTC.</summary>
    /// <exception cref="InputException">The field is missing or not a time.</exception>
    public long Time(params IReadOnlyList<string> columns)
    {
        var text = Need(columns);
        if (TimeText.TryRead(text, out var ticks, out _)) return ticks;
        if (DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time.UtcTicks;
        throw Fault(columns[0], $"'{text}' is not a time that can be read without doubt; write it as 2024-12-31 15:30:00");
    }

    public InputException Fault(string column, string sentence) =>
        new($"{file}, line {line.ToString(CultureInfo.InvariantCulture)}, {column}: {sentence}");

    private static bool TryNumber(string text, out double value)
    {
        var plain = text.Replace("\u00a0", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)
            .Replace('\u2212', '-').TrimEnd('%');
        plain = plain.StartsWith("-$", StringComparison.Ordinal) ? "-" + plain[2..] : plain.TrimStart('$');
        if (plain.Contains('.', StringComparison.Ordinal)) plain = plain.Replace(",", "", StringComparison.Ordinal);
        return double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }
}
