using System.Reflection;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>
/// One file format of bars. To add a format, here or in a plug-in, write a class with a <see cref="BarFormatAttribute"/> and a constructor
/// without parameters.
/// </summary>
public abstract class BarFormat
{
    /// <summary>Takes the name from the attribute.</summary>
    /// <exception cref="ArgumentException">The class has no <see cref="BarFormatAttribute"/>.</exception>
    protected BarFormat() =>
        Name = GetType().GetCustomAttribute<BarFormatAttribute>()?.Name
            ?? throw new ArgumentException($"the file format {GetType()} has no name; put [BarFormat(\"name\")] above the class");

    /// <summary>Name in <c>data.format</c> and <c>--format</c>.</summary>
    public string Name { get; }

    /// <summary>One line for a catalogue.</summary>
    public abstract string Explanation { get; }

    /// <summary>Whether a file is certainly in this format.</summary>
    public abstract bool Recognises(FileSample sample);

    /// <summary>Returns the layout that a parser needs to read the file.</summary>
    /// <exception cref="BarDataException">The file is not in this format.</exception>
    public abstract BarFileLayout CreateLayout(FileSample sample, BarFileOptions options);

    /// <summary>Detects the style of the times in a column, unless the options specify it.</summary>
    /// <param name="column">Its index in the rows of the sample.</param>
    /// <param name="ambiguous">Whether day and month may be swapped, as far as the first rows show.</param>
    /// <exception cref="BarDataException">The column holds no times.</exception>
    protected static DateStyle DetectDates(FileSample sample, int column, BarFileOptions options, out bool ambiguous) =>
        DetectDates(sample, sample.Column(column), sample.HeaderLines + 1, options, out ambiguous);

    private protected static DateStyle DetectDates(FileSample sample, List<byte[]> times, int line, BarFileOptions options,
        out bool ambiguous)
    {
        var style = TimestampStyle.Detect(times, out ambiguous, options.Clock.GetUtcNow().Year);
        if (style is DateStyle.MonthFirst or DateStyle.DayFirst && options.DateOrder != DateOrder.Detect)
        {
            ambiguous = false;
            style = options.DateOrder == DateOrder.MonthFirst ? DateStyle.MonthFirst : DateStyle.DayFirst;
        }
        if (style is { } known) return known;
        if (times.Count > 0 && times[0].Length == 5 && !times[0].AsSpan().ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            throw Fault($"'{System.Text.Encoding.UTF8.GetString(times[0])}' can be an Excel date before 1970 or a number of "
                + "days since 1970", "write dates as 2020-01-31");
        if (times.Count > 0 && TimestampStyle.IsOutsideOfYears(times[0]))
            throw Fault($"'{Shorten(System.Text.Encoding.UTF8.GetString(times[0]))}' lies outside of the years that are read, "
                    + $"{TimestampReader.FirstYear} to {TimestampReader.LastYear}", "correct the year, or leave those rows out");
        throw times.Count == 0
            ? Fault("there are no rows with a time",
                "export the file again with rows below its header")
            : Fault($"'{Shorten(System.Text.Encoding.UTF8.GetString(times[0]))}' is not a time",
                "write it as 2020-01-31, 2020-01-31 09:30:00 or as seconds or milliseconds since 1970");

        BarDataException Fault(string fault, string remedy) => sample.IsTable ? sample.Fault(0, "time", fault, remedy)
            : BarDataException.At(sample.FileName, line, "time", fault, remedy);
    }

    /// <summary>Returns the layout with days before months if its rows do not distinguish them.</summary>
    private protected static RowLayout DayFirst(RowLayout layout) =>
        layout.AmbiguousDates ? layout with { DateStyle = DateStyle.DayFirst, AmbiguousDates = false } : layout;

    /// <summary>The error of a file that is not of this format.</summary>
    /// <param name="fault">Description of the fault.</param>
    /// <param name="remedy">Advice to the user.</param>
    protected static BarDataException NotOfThisFormat(FileSample sample, string fault, string remedy) =>
        sample.Fault(null, null, fault, remedy);

    private protected static string Shorten(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length <= 60 ? clean : clean[..60] + "…";
    }
}
