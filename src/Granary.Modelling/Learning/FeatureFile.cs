using Granary.Data.Reading;
using Granary.Engine;
using Granary.Learning.Tables;

namespace Granary.Modelling.Learning;

/// <summary>Reads a table of features and a label from a text file: a header, then one row per sample in time order.</summary>
internal static class FeatureFile
{
    /// <summary>
    /// Every column is a feature, except the label, the label's time, times (columns called date, time, datetime or timestamp, in any
    /// case) and an unnamed first column, which is a row number or time. The first time column orders the rows. The separator is a comma,
    /// semicolon or tab, as in the header. Fields may be quoted. <see cref="FeatureTimes"/> reads times. A column of true and false has the
    /// numbers 1 and 0. Two classes may be words, and with <paramref name="classes"/> any two numbers.
    /// </summary>
    /// <param name="label">Label column; null if there is none, so every label is 0.</param>
    /// <param name="classes">Whether a label with two values means two classes, whatever the values.</param>
    /// <param name="optional">Whether the label may be missing from the file.</param>
    /// <param name="dates">Order of day and month in dates such as 01/02/2013; by default the whole column decides.</param>
    /// <param name="labelTime">Column with the time at which the label was known; null for one named label_time, if there is one.</param>
    /// <exception cref="InputException">
    /// The file is missing or malformed. The message gives file, line, field and remedy.
    /// </exception>
    public static TrainingTable Read(string path, string? label, bool classes = false, bool optional = false,
        DateOrder dates = DateOrder.Detect, string? labelTime = null)
    {
        if (!File.Exists(path))
            throw new InputException($"{path}: there is no such file; give the path of a CSV file with a header");
        using var reader = new StreamReader(path);
        var columns = FeatureFileColumns.Of(path, reader.ReadLine()?.TrimStart('\uFEFF'), label, labelTime, optional);
        var rows = new FeatureRows(path, columns, label, dates);
        while (reader.ReadLine() is { } line) rows.Add(line);
        return rows.ToTable(classes);
    }
}
