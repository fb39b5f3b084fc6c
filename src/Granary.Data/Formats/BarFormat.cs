using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>One way in which bars are written in files. A new one is a class like these, listed in <see cref="BarFormats"/>.</summary>
public abstract class BarFormat
{
    /// <summary>As it is asked for by "format".</summary>
    public abstract string Name { get; }

    /// <summary>One line for a catalogue.</summary>
    public abstract string Explanation { get; }

    /// <summary>Whether a file is certainly of this format.</summary>
    internal abstract bool Recognises(FileSample sample);

    /// <summary>Says how the file is to be read.</summary>
    /// <exception cref="BarDataException">The file is not of this format.</exception>
    internal abstract BarFileLayout CreateLayout(FileSample sample, BarFileOptions options);

    /// <summary>The style of the times in a column, or what the options lay down.</summary>
    private protected static DateStyle DetectDates(FileSample sample, int column, BarFileOptions options, out bool ambiguous)
    {
        var samples = sample.Column(column);
        var style = TimestampStyle.Detect(samples, out ambiguous);
        if (style is DateStyle.MonthFirst or DateStyle.DayFirst && options.DateOrder != DateOrder.Detect)
        {
            ambiguous = false;
            style = options.DateOrder == DateOrder.MonthFirst ? DateStyle.MonthFirst : DateStyle.DayFirst;
        }
        if (style is { } known) return known;
        var line = sample.HeaderLines + 1;
        throw samples.Count == 0
            ? BarDataException.At(sample.File.DisplayName, line, "time", "there are no rows with a time", "export the file again with rows below its header")
            : BarDataException.At(sample.File.DisplayName, line, "time", $"'{Shorten(System.Text.Encoding.UTF8.GetString(samples[0]))}' is not a time", "write it as 2020-01-31, 2020-01-31 09:30:00 or as seconds or milliseconds since 1970");
    }

    private protected static BarDataException NotOfThisFormat(FileSample sample, string fault, string remedy) =>
        BarDataException.At(sample.File.DisplayName, Math.Max(1, sample.HeaderLines), null, fault, remedy);

    private protected static string Shorten(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length <= 60 ? clean : clean[..60] + "…";
    }
}
